/** Every drawn sign of the chrome that is not plain text. */
export interface Glyphs {
  readonly horizontal: string
  readonly vertical: string
  readonly teeRight: string
  readonly heavyHorizontal: string
  readonly heavyVertical: string
  readonly bar: string
  readonly marked: string
  readonly favourite: string
  readonly ellipsis: string
  readonly dot: string
  readonly caret: string
  readonly spinner: readonly string[]
}

export const UNICODE: Glyphs = {
  horizontal: '─',
  vertical: '│',
  teeRight: '├',
  heavyHorizontal: '━',
  heavyVertical: '┃',
  bar: '▌',
  marked: '✓',
  favourite: '★',
  ellipsis: '…',
  dot: '·',
  caret: '›',
  spinner: ['◐', '◓', '◑', '◒'],
}

export const ASCII: Glyphs = {
  horizontal: '-',
  vertical: '|',
  teeRight: '+',
  heavyHorizontal: '=',
  heavyVertical: '#',
  bar: '>',
  marked: '+',
  favourite: '*',
  ellipsis: '~',
  dot: '.',
  caret: '>',
  spinner: ['|', '/', '-', '\\'],
}

/** Whether the operator's terminal can show more than ASCII, by its environment. */
export function needsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  if ((env['SIGNALBOX_ASCII'] ?? '') !== '') return true
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return env['TERM'] === 'linux' || (locale !== '' && !/utf-?8/i.test(locale))
}
