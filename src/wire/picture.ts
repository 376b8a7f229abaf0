import { type Cursor, createGrid, type Grid, PLAIN_MODES, type ScreenModes } from '../core/grid.ts'
import { ByteReader, ByteWriter, malformed } from './bytes.ts'
import { readSpans, writeSpans } from './spans.ts'

/** Where a viewer looks: lines up from the bottom, how many lines there are above the screen, and how many there ever were. */
export interface Scroll {
  readonly offset: number
  readonly length: number
  readonly liveTop: number
}

/** What a picture says besides its cells. */
export interface PictureMeta {
  /** 26 ASCII characters. */
  readonly sessionId: string
  readonly cursor: Cursor
  readonly modes: ScreenModes
  readonly scroll: Scroll
  /** Revision of the screen that was drawn. */
  readonly revision: number
}

/** A session's screen as a viewer has it. The grid is drawn into by later pictures of the same size. */
export interface Picture extends PictureMeta {
  readonly grid: Grid
}

/** What a viewer has of one session, kept where pictures are made. Without `last` the next picture is a full one. */
export interface Shadow {
  last?: Picture | undefined
}

/** Most cells of one screen, and most columns or rows: more is not believed. */
const MAX_CELLS = 1_000_000
const MAX_SIDE = 4096

const ID_LENGTH = 26
const KIND = { delta: 0, full: 1 } as const
const MICE: readonly ScreenModes['mouse'][] = ['none', 'x10', 'vt200', 'drag', 'any']

/* Bits of the mode word; the mouse mode is a number of three bits above them, the keyboard flags five above that. */
const MODE_BITS = {
  visible: 1,
  applicationCursor: 2,
  applicationKeypad: 4,
  bracketedPaste: 8,
  sendFocus: 16,
  mouseSgr: 32,
  alternateScreen: 64,
} as const
const MOUSE_SHIFT = 8
const KEYBOARD_SHIFT = 16

/** One for all pictures: encoding is synchronous and hands out copies. */
const scratch = new ByteWriter(65_536)

/**
 * The bytes that bring a viewer from what `shadow` holds to `next`, or nothing when it would see no difference;
 * `shadow` then holds `next`. A full picture when there is nothing to build on or the size changed.
 */
export function encodePicture(shadow: Shadow, next: Grid, meta: PictureMeta): Uint8Array | undefined {
  const known = shadow.last
  const base = known && known.grid.cols === next.cols && known.grid.rows === next.rows ? known : undefined
  const grid = base?.grid ?? createGrid(next.cols, next.rows)
  scratch.length = 0
  scratch.ensure(128)
  scratch.u32(0)
  writeHeader(base ? KIND.delta : KIND.full, next, meta)
  const countAt = scratch.length
  scratch.u32(0)
  const count = writeSpans(scratch, grid, next)
  if (base && count === 0 && isSameMeta(base, meta)) return undefined
  scratch.patchU32(countAt, count)
  scratch.patchU32(0, scratch.length - 4)
  if (count > 0) copyGrid(grid, next)
  shadow.last = { ...meta, grid }
  return scratch.bytes.slice(0, scratch.length)
}

function copyGrid(to: Grid, from: Grid): void {
  to.cells.set(from.cells)
  if (to.combined.size > 0) to.combined.clear()
  for (const [cell, text] of from.combined) to.combined.set(cell, text)
}

function isSameMeta(before: PictureMeta, after: PictureMeta): boolean {
  return (
    modeWord(before) === modeWord(after) &&
    before.cursor.x === after.cursor.x &&
    before.cursor.y === after.cursor.y &&
    before.scroll.offset === after.scroll.offset &&
    before.scroll.length === after.scroll.length &&
    before.scroll.liveTop === after.scroll.liveTop &&
    before.sessionId === after.sessionId
  )
}

function writeHeader(kind: number, grid: Grid, meta: PictureMeta): void {
  for (let at = 0; at < ID_LENGTH; at += 1) scratch.u8(meta.sessionId.charCodeAt(at) & 0x7f)
  scratch.u8(kind)
  scratch.u16(grid.cols)
  scratch.u16(grid.rows)
  scratch.u16(Math.min(meta.cursor.x, grid.cols - 1))
  scratch.u16(Math.min(meta.cursor.y, grid.rows - 1))
  scratch.u32(modeWord(meta))
  scratch.u32(meta.scroll.offset)
  scratch.u32(meta.scroll.length)
  scratch.u64(meta.scroll.liveTop)
  scratch.u64(meta.revision)
}

function modeWord({ cursor, modes }: PictureMeta): number {
  let word = cursor.visible ? MODE_BITS.visible : 0
  if (modes.applicationCursor) word |= MODE_BITS.applicationCursor
  if (modes.applicationKeypad) word |= MODE_BITS.applicationKeypad
  if (modes.bracketedPaste) word |= MODE_BITS.bracketedPaste
  if (modes.sendFocus) word |= MODE_BITS.sendFocus
  if (modes.mouseSgr) word |= MODE_BITS.mouseSgr
  if (modes.alternateScreen) word |= MODE_BITS.alternateScreen
  return word | (MICE.indexOf(modes.mouse) << MOUSE_SHIFT) | ((modes.kittyKeyboard & 31) << KEYBOARD_SHIFT)
}

function readModes(word: number): ScreenModes {
  return {
    ...PLAIN_MODES,
    applicationCursor: (word & MODE_BITS.applicationCursor) !== 0,
    applicationKeypad: (word & MODE_BITS.applicationKeypad) !== 0,
    bracketedPaste: (word & MODE_BITS.bracketedPaste) !== 0,
    sendFocus: (word & MODE_BITS.sendFocus) !== 0,
    mouseSgr: (word & MODE_BITS.mouseSgr) !== 0,
    alternateScreen: (word & MODE_BITS.alternateScreen) !== 0,
    mouse: MICE[(word >>> MOUSE_SHIFT) & 7] ?? malformed('an unknown mouse mode'),
    kittyKeyboard: (word >>> KEYBOARD_SHIFT) & 31,
  }
}

/**
 * Draws the pictures in `bytes` (one or several, end to end) into `pictures` and returns the ids that were drawn. A
 * change to a screen that `pictures` does not hold (it was let go meanwhile) is passed over. Throws
 * MalformedPictureError when the bytes are not pictures; what was drawn until then stays.
 */
export function applyPicture(bytes: Uint8Array, pictures: Map<string, Picture>): readonly string[] {
  const reader = new ByteReader(bytes)
  const drawn: string[] = []
  while (!reader.isAtEnd) {
    const end = reader.limit(reader.u32())
    const picture = readPicture(reader, pictures)
    if (picture) {
      if (!reader.isAtEnd) malformed('bytes behind its end')
      pictures.set(picture.sessionId, picture)
      drawn.push(picture.sessionId)
    }
    reader.leave(end)
  }
  return drawn
}

function readPicture(reader: ByteReader, pictures: ReadonlyMap<string, Picture>): Picture | undefined {
  let sessionId = ''
  for (let at = 0; at < ID_LENGTH; at += 1) sessionId += String.fromCharCode(reader.u8())
  const kind = reader.u8()
  const cols = reader.u16()
  const rows = reader.u16()
  const x = reader.u16()
  const y = reader.u16()
  const word = reader.u32()
  const scroll = { offset: reader.u32(), length: reader.u32(), liveTop: reader.u64() }
  const revision = reader.u64()
  const count = reader.u32()
  if (cols < 1 || rows < 1 || cols > MAX_SIDE || rows > MAX_SIDE || cols * rows > MAX_CELLS) malformed('its size')
  if (x >= cols || y >= rows) malformed('its cursor lies outside of the screen')
  if (kind !== KIND.delta && kind !== KIND.full) malformed('an unknown kind')
  const known = pictures.get(sessionId)
  if (kind === KIND.delta && !known) return undefined
  const grid = kind === KIND.delta && known ? known.grid : createGrid(cols, rows)
  if (grid.cols !== cols || grid.rows !== rows) malformed('a change to a screen of another size')
  const modes = readModes(word)
  readSpans(reader, grid, count)
  return { sessionId, grid, cursor: { x, y, visible: (word & MODE_BITS.visible) !== 0 }, modes, scroll, revision }
}
