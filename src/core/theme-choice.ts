/** The built-in themes. */
export const THEME_NAMES = ['dark', 'light'] as const

/** What the chrome's text means; a theme has a colour for each. */
export const TONE_NAMES = [
  ...['strong', 'plain', 'muted', 'rule', 'accent', 'needs'],
  ...['limited', 'failed', 'result', 'working', 'idle', 'focus'],
] as const

/** Backgrounds of the few filled surfaces: the selected row, overlays, the field that is typed into. */
export const SURFACE_NAMES = ['selected', 'panel', 'field'] as const

/** The operator's look: a built-in theme, or some colours of their own over one. */
export interface ThemeChoice {
  readonly base: (typeof THEME_NAMES)[number]
  /** By tone or surface: `#rrggbb`, a name such as `cyan` or `redBright`, or `ansi256(n)`. */
  readonly colours: Readonly<Record<string, string>>
}
