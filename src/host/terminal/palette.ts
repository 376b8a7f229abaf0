/** Colours a program is told when it asks; `#rrggbb`. */
export interface Palette {
  readonly foreground: string
  readonly background: string
  /** Colour of the cursor; the foreground when not given. */
  readonly cursor?: string
  /** The first 16 indexed colours; those of xterm when not given. */
  readonly indexed?: readonly string[]
}

export const DARK_PALETTE: Palette = { foreground: '#d8d8d8', background: '#101418' }

const XTERM_16: readonly string[] = [
  ...['#000000', '#cd0000', '#00cd00', '#cdcd00', '#0000ee', '#cd00cd', '#00cdcd', '#e5e5e5'],
  ...['#7f7f7f', '#ff0000', '#00ff00', '#ffff00', '#5c5cff', '#ff00ff', '#00ffff', '#ffffff'],
]

const CUBE_LEVELS: readonly number[] = [0, 95, 135, 175, 215, 255]
const FIRST_GREY = 232

const hex = (value: number): string => value.toString(16).padStart(2, '0')

/** The indexed colour (0–255) as `#rrggbb`, or nothing when there is no such index. */
export function indexedColour(palette: Palette, index: number): string | undefined {
  if (!Number.isInteger(index) || index < 0 || index > 255) return undefined
  if (index < XTERM_16.length) return palette.indexed?.[index] ?? XTERM_16[index]
  if (index >= FIRST_GREY) return `#${hex(8 + (index - FIRST_GREY) * 10).repeat(3)}`
  const cube = index - XTERM_16.length
  const levels = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6]
  return `#${levels.map((level) => hex(CUBE_LEVELS[level] ?? 0)).join('')}`
}

/** A `#rrggbb` colour as X11 writes it in answers: `rgb:rrrr/gggg/bbbb`. */
export function x11Colour(colour: string): string {
  const channel = (at: number): string => colour.slice(at, at + 2).repeat(2)
  return `rgb:${channel(1)}/${channel(3)}/${channel(5)}`
}

/** Whether text on the background is meant to be light. */
export function isDark(palette: Palette): boolean {
  const channel = (at: number): number => Number.parseInt(palette.background.slice(at, at + 2), 16)
  return 0.299 * channel(1) + 0.587 * channel(3) + 0.114 * channel(5) < 128
}
