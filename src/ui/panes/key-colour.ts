import { COLOUR } from '../../core/grid.ts'

/**
 * Key colours mark the cells of the chrome that something else paints: the inside of a pane, a live slot. The two lowest
 * bytes carry the number, so a cell says by itself to whom it belongs.
 */
export type Region = { readonly kind: 'pane' | 'slot'; readonly index: number }

/** Numbers that fit into a key colour: 0 to 65535. */
export const MAX_REGION_INDEX = 0xffff

/** Keys of `regionKey`: 24 bits, the value of the colour. 0 is "no region". */
export type RegionKey = number

const PANE = 0xfe0000
const SLOT = 0xfd0000

/** Background for the inside of a pane: `#feIIII`. */
export function paneColour(index: number): string {
  return `#${paneKey(index).toString(16)}`
}

/** Background for the cells of a live slot: `#fdIIII`. */
export function slotColour(index: number): string {
  return `#${slotKey(index).toString(16)}`
}

/** The key of a pane. Throws `RangeError` for a number that does not fit. */
export function paneKey(index: number): RegionKey {
  return PANE | checked(index)
}

/** The key of a live slot. Throws `RangeError` for a number that does not fit. */
export function slotKey(index: number): RegionKey {
  return SLOT | checked(index)
}

/** The key in a cell's background word, 0 when the cell is plain chrome. */
export function regionKey(background: number): RegionKey {
  if ((background & COLOUR.modeMask) !== COLOUR.rgb) return 0
  const high = background & 0xff0000
  return high === PANE || high === SLOT ? background & COLOUR.value : 0
}

/** Whose cell a background word marks. */
export function regionOf(background: number): Region | undefined {
  return regionOfKey(regionKey(background))
}

/** Whose region a key stands for; nobody's when it is 0. */
export function regionOfKey(key: RegionKey): Region | undefined {
  if (key === 0) return undefined
  return { kind: (key & 0xff0000) === PANE ? 'pane' : 'slot', index: key & MAX_REGION_INDEX }
}

function checked(index: number): number {
  if (!Number.isInteger(index) || index < 0 || index > MAX_REGION_INDEX) {
    throw new RangeError(`region number ${index} is not between 0 and ${MAX_REGION_INDEX}`)
  }
  return index
}
