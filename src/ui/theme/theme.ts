import type { TextStyle } from '../panes/cell-style.ts'

/**
 * What a piece of chrome means. Three levels of emphasis (strong, plain, muted), rules, one accent for the selection, and
 * the tones that carry meaning.
 */
export type Tone =
  | 'strong'
  | 'plain'
  | 'muted'
  | 'rule'
  | 'accent'
  | 'needs'
  | 'limited'
  | 'failed'
  | 'result'
  | 'working'
  | 'idle'
  | 'focus'

export interface ToneStyle {
  /** `#rrggbb` or a colour name; absent = the terminal's own text colour. */
  readonly colour?: string
  readonly isBold?: boolean
  readonly isDim?: boolean
}

/** A theme is data: a style for each tone and the backgrounds of the few filled surfaces. */
export interface Theme {
  readonly name: string
  readonly tones: Readonly<Record<Tone, ToneStyle>>
  /** Behind the selected row. */
  readonly selected: string
  /** Behind overlays. */
  readonly panel: string
  /** Behind the field that is typed into. */
  readonly field: string
}

export const DARK: Theme = {
  name: 'dark',
  tones: {
    strong: { isBold: true },
    plain: {},
    muted: { colour: '#8b939e' },
    rule: { colour: '#444c56' },
    accent: { colour: '#6cb6ff', isBold: true },
    needs: { colour: '#f2c14e', isBold: true },
    limited: { colour: '#e08e45' },
    failed: { colour: '#f47067', isBold: true },
    result: { colour: '#b392f0' },
    working: { colour: '#57ab5a' },
    idle: { colour: '#8b939e' },
    focus: { colour: '#ff5c57', isBold: true },
  },
  selected: '#24303f',
  panel: '#1c2128',
  field: '#2d333b',
}

export const LIGHT: Theme = {
  name: 'light',
  tones: {
    strong: { isBold: true },
    plain: {},
    muted: { colour: '#656d76' },
    rule: { colour: '#c4cad1' },
    accent: { colour: '#0969da', isBold: true },
    needs: { colour: '#9a6700', isBold: true },
    limited: { colour: '#bc4c00' },
    failed: { colour: '#cf222e', isBold: true },
    result: { colour: '#8250df' },
    working: { colour: '#1a7f37' },
    idle: { colour: '#656d76' },
    focus: { colour: '#d1242f', isBold: true },
  },
  selected: '#dbe9f9',
  panel: '#f3f5f7',
  field: '#e1e6eb',
}

export const THEMES: Readonly<Record<string, Theme>> = { dark: DARK, light: LIGHT }

/** The style of a tone as the compositor wants it. */
export function slotStyle(theme: Theme, tone: Tone, background?: string): TextStyle {
  const { colour, isBold, isDim } = theme.tones[tone]
  return { colour, background, bold: isBold, dim: isDim }
}
