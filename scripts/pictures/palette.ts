/** The sixteen colours, default text and background that pictures are drawn with. */
const BASE: readonly string[] = [
  ...['#484f58', '#f47067', '#57ab5a', '#c69026', '#539bf5', '#b083f0', '#39c5cf', '#adbac7'],
  ...['#636e7b', '#ff938a', '#6bc46d', '#daaa3f', '#6cb6ff', '#dcbdfb', '#56d4dd', '#cdd9e5'],
]

export const TEXT = '#cdd9e5'
export const PAPER = '#16191f'

const CUBE = [0, 95, 135, 175, 215, 255]

/** A cell's colour (`default`, `palette:n` or `#rrggbb`) for SVG. */
export function svgColour(colour: string, fallback: string): string {
  if (colour === 'default') return fallback
  if (!colour.startsWith('palette:')) return colour
  const index = Number(colour.slice('palette:'.length))
  if (index < 16) return BASE[index] ?? fallback
  if (index >= 232) return rgb(Array.from({ length: 3 }, () => 8 + (index - 232) * 10))
  const at = index - 16
  return rgb([Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => CUBE[step] ?? 0))
}

function rgb(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
