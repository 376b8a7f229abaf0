import { COLOUR } from '../../core/grid.ts'

/** How many colours the operator's terminal shows. */
export type ColourDepth = 'truecolor' | '256' | '16' | 'none'

/** The 16 colours as most terminals show them; the nearest is looked for among these. */
const BASE_16 = [
  0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00,
  0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
] as const

const CUBE_LEVELS = [0, 95, 135, 175, 215, 255] as const

/** Answers are kept per 15-bit colour: that is finer than 256 colours can tell apart, and bounds the memory. */
const nearest16 = new Int16Array(1 << 15).fill(-1)
const nearest256 = new Int16Array(1 << 15).fill(-1)

/**
 * The colour bits (mode and value, 26 bits) that a terminal of this depth can show in place of `colour`. Default colours
 * stay default; with depth `none` every colour becomes the default.
 */
export function reduceColour(colour: number, depth: ColourDepth): number {
  const mode = colour & COLOUR.modeMask
  if (depth === 'truecolor' || mode === 0) return colour
  if (depth === 'none') return 0
  if (depth === '256') return mode === COLOUR.rgb ? COLOUR.indexed256 | cached(nearest256, colour, indexOf256) : colour
  if (mode === COLOUR.indexed16) return colour
  const rgb = mode === COLOUR.rgb ? colour & COLOUR.value : rgbOf256(colour & 0xff)
  if (mode === COLOUR.indexed256 && (colour & 0xff) < 16) return COLOUR.indexed16 | (colour & 0xff)
  return COLOUR.indexed16 | cached(nearest16, rgb, indexOf16)
}

/** The depth a terminal most likely has, from its environment: NO_COLOR, COLORTERM and TERM. */
export function colourDepthOf(environment: Readonly<Record<string, string | undefined>>): ColourDepth {
  const term = environment['TERM'] ?? ''
  if ((environment['NO_COLOR'] ?? '') !== '' || term === 'dumb') return 'none'
  if (/^(truecolor|24bit)$/i.test(environment['COLORTERM'] ?? '')) return 'truecolor'
  if (/direct|truecolor|kitty|ghostty|alacritty|wezterm|foot/i.test(term)) return 'truecolor'
  return /256/.test(term) ? '256' : '16'
}

/** 24-bit colour of an entry of the 256-colour palette. */
export function rgbOf256(index: number): number {
  if (index < 16) return BASE_16[index] ?? 0
  if (index >= 232) return (8 + (index - 232) * 10) * 0x010101
  const cube = index - 16
  const red = CUBE_LEVELS[Math.floor(cube / 36)] ?? 0
  const green = CUBE_LEVELS[Math.floor(cube / 6) % 6] ?? 0
  const blue = CUBE_LEVELS[cube % 6] ?? 0
  return (red << 16) | (green << 8) | blue
}

function cached(cache: Int16Array, colour: number, find: (rgb: number) => number): number {
  const slot = ((colour >> 9) & 0x7c00) | ((colour >> 6) & 0x3e0) | ((colour >> 3) & 0x1f)
  const known = cache[slot] ?? -1
  if (known >= 0) return known
  // Looked up for the middle of the slot, not for the colour that came first: the answer must not depend on the order.
  const found = find(widen((slot >> 10) & 0x1f, 16) | widen((slot >> 5) & 0x1f, 8) | widen(slot & 0x1f, 0))
  cache[slot] = found
  return found
}

function widen(fiveBits: number, shift: number): number {
  return ((fiveBits << 3) | (fiveBits >> 2)) << shift
}

function indexOf256(rgb: number): number {
  // The first 16 entries are left out: every terminal shows them differently.
  return nearestIndex(rgb, 16, 255)
}

function indexOf16(rgb: number): number {
  return nearestIndex(rgb, 0, 15)
}

function nearestIndex(rgb: number, first: number, last: number): number {
  let best = first
  let bestDistance = Number.POSITIVE_INFINITY
  for (let index = first; index <= last; index++) {
    const distance = distanceBetween(rgb, rgbOf256(index))
    if (distance >= bestDistance) continue
    best = index
    bestDistance = distance
  }
  return best
}

/** Squared distance weighted by how much the eye notices each channel. */
function distanceBetween(one: number, other: number): number {
  const red = ((one >> 16) & 0xff) - ((other >> 16) & 0xff)
  const green = ((one >> 8) & 0xff) - ((other >> 8) & 0xff)
  const blue = (one & 0xff) - (other & 0xff)
  return 3 * red * red + 6 * green * green + blue * blue
}
