import type { ThemeChoice } from '../../core/theme-choice.ts'
import { DARK, THEMES, type Theme, type Tone, type ToneStyle } from './theme.ts'

/** The theme of a room: the one that the environment names for this run, else what the operator chose, else the dark one. */
export function themeFor(
  choice: ThemeChoice | undefined,
  env: Readonly<Record<string, string | undefined>> = {},
): Theme {
  const named = env['SIGNALBOX_THEME'] ?? ''
  if (named !== '') return THEMES[named] ?? DARK
  return choice === undefined ? DARK : recoloured(THEMES[choice.base] ?? DARK, choice.colours)
}

function recoloured(theme: Theme, colours: ThemeChoice['colours']): Theme {
  const restyle = ([tone, style]: [string, ToneStyle]): [string, ToneStyle] => {
    const colour = colours[tone]
    return [tone, colour === undefined ? style : { ...style, colour }]
  }
  return {
    name: theme.name,
    tones: Object.fromEntries(Object.entries(theme.tones).map(restyle)) as Record<Tone, ToneStyle>,
    selected: colours['selected'] ?? theme.selected,
    panel: colours['panel'] ?? theme.panel,
    field: colours['field'] ?? theme.field,
  }
}
