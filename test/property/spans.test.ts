import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BLANK_CONTENT, CONTENT, createGrid, type Grid, PLAIN_MODES, WORDS } from '../../src/core/grid.ts'
import { MalformedPictureError } from '../../src/wire/bytes.ts'
import { applyPicture, encodePicture, type Picture, type PictureMeta, type Shadow } from '../../src/wire/picture.ts'

const ID = '01JD0000000000000000000000'

function meta(changes: Partial<PictureMeta> = {}): PictureMeta {
  return {
    sessionId: ID,
    cursor: { x: 0, y: 0, visible: true },
    modes: PLAIN_MODES,
    scroll: { offset: 0, length: 0, liveTop: 0 },
    revision: 1,
    ...changes,
  }
}

type CellText =
  | { readonly kind: 'blank' }
  | { readonly kind: 'narrow' | 'wide'; readonly codePoint: number }
  | { readonly kind: 'combined'; readonly text: string; readonly width: 1 | 2 }
  | { readonly kind: 'any'; readonly content: number }

const cellText: fc.Arbitrary<CellText> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'blank' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('narrow' as const), codePoint: fc.integer({ min: 0x20, max: 0xffff }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wide' as const), codePoint: fc.integer({ min: 0x3000, max: 0x1faff }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('combined' as const),
      text: fc.string({ unit: 'grapheme', minLength: 2, maxLength: 4 }),
      width: fc.constantFrom(1 as const, 2 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('any' as const), content: fc.nat({ max: 0xffffffff }) }) },
)

const word = fc.oneof(fc.constant(0), fc.constantFrom(0x1000001, 0x8000000, 0x3ff8800), fc.nat({ max: 0xffffffff }))

interface Stroke {
  readonly x: number
  readonly y: number
  readonly times: number
  readonly cell: CellText
  readonly fg: number
  readonly bg: number
}

const stroke: fc.Arbitrary<Stroke> = fc.record({
  x: fc.nat(40),
  y: fc.nat(12),
  times: fc.integer({ min: 1, max: 12 }),
  cell: cellText,
  fg: word,
  bg: word,
})

function paint(grid: Grid, { x, y, times, cell, fg, bg }: Stroke): void {
  let at = x
  for (let time = 0; time < times; time += 1) {
    const width = cell.kind === 'wide' || (cell.kind === 'combined' && cell.width === 2) ? 2 : 1
    if (at + width > grid.cols || y >= grid.rows) return
    const index = y * grid.cols + at
    for (let half = index; half < index + width; half += 1) {
      grid.cells.set([0, fg, bg], half * WORDS)
      grid.combined.delete(half)
    }
    if (cell.kind === 'blank') grid.cells[index * WORDS] = BLANK_CONTENT
    if (cell.kind === 'narrow') grid.cells[index * WORDS] = BLANK_CONTENT | cell.codePoint
    if (cell.kind === 'wide') grid.cells[index * WORDS] = (2 << CONTENT.widthShift) | cell.codePoint
    if (cell.kind === 'any') grid.cells[index * WORDS] = (cell.content & ~CONTENT.combined) >>> 0
    if (cell.kind === 'combined') {
      grid.cells[index * WORDS] = CONTENT.combined | (cell.width << CONTENT.widthShift)
      grid.combined.set(index, cell.text)
    }
    at += width
  }
}

/** Texts of cells that are combined: the only part of the map that counts. */
function picture(grid: Grid): object {
  const texts = [...grid.combined].filter(([cell]) => ((grid.cells[cell * WORDS] ?? 0) & CONTENT.combined) !== 0)
  return { cols: grid.cols, rows: grid.rows, cells: [...grid.cells], texts: texts.sort(([a], [b]) => a - b) }
}

const size = fc.record({ cols: fc.integer({ min: 1, max: 40 }), rows: fc.integer({ min: 1, max: 12 }) })
const frames = fc.array(
  fc.record({ size: fc.option(size, { freq: 8 }), strokes: fc.array(stroke, { maxLength: 25 }) }),
  {
    minLength: 1,
    maxLength: 6,
  },
)

describe('pictures', () => {
  test('what a viewer holds is what was drawn, frame after frame and in any concatenation', () => {
    fc.assert(
      fc.property(size, frames, fc.boolean(), (first, steps, together) => {
        const shadow: Shadow = {}
        const viewer = new Map<string, Picture>()
        const queue: Uint8Array[] = []
        let grid = createGrid(first.cols, first.rows)
        for (const [index, step] of steps.entries()) {
          if (step.size) grid = createGrid(step.size.cols, step.size.rows)
          for (const each of step.strokes) paint(grid, each)
          const bytes = encodePicture(shadow, grid, meta({ revision: index }))
          if (bytes) queue.push(bytes)
          if (!together) for (const frame of queue.splice(0)) applyPicture(frame, viewer)
          if (!together) expect(picture(viewer.get(ID)!.grid)).toEqual(picture(grid))
        }
        if (queue.length > 0) applyPicture(Buffer.concat(queue), viewer)
        expect(picture(viewer.get(ID)!.grid)).toEqual(picture(grid))
        expect(picture(shadow.last!.grid)).toEqual(picture(grid))
        expect(encodePicture(shadow, grid, meta({ revision: 99 }))).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  test('a change of combined text alone is sent', () => {
    const shadow: Shadow = {}
    const viewer = new Map<string, Picture>()
    const grid = createGrid(10, 2)
    const accent = (text: string): Stroke => ({
      x: 3,
      y: 1,
      times: 1,
      cell: { kind: 'combined', text, width: 1 },
      fg: 0,
      bg: 0,
    })
    paint(grid, accent('é'))
    applyPicture(encodePicture(shadow, grid, meta())!, viewer)
    paint(grid, accent('è'))
    applyPicture(encodePicture(shadow, grid, meta())!, viewer)
    expect(viewer.get(ID)?.grid.combined.get(13)).toBe('è')
  })

  test('cursor, modes, scroll position and revision arrive, also without a changed cell', () => {
    const bool = fc.boolean()
    const modes = fc.record({
      applicationCursor: bool,
      applicationKeypad: bool,
      bracketedPaste: bool,
      sendFocus: bool,
      mouse: fc.constantFrom('none' as const, 'x10' as const, 'vt200' as const, 'drag' as const, 'any' as const),
      mouseSgr: bool,
      kittyKeyboard: fc.nat(31),
      alternateScreen: bool,
    })
    const facts = fc.record({
      cursor: fc.record({ x: fc.nat(9), y: fc.nat(3), visible: bool }),
      modes,
      scroll: fc.record({ offset: fc.nat(100_000), length: fc.nat(100_000), liveTop: fc.nat() }),
      revision: fc.maxSafeNat(),
    })
    fc.assert(
      fc.property(facts, facts, (before, after) => {
        const shadow: Shadow = {}
        const viewer = new Map<string, Picture>()
        const grid = createGrid(10, 4)
        applyPicture(encodePicture(shadow, grid, meta(before))!, viewer)
        expect(viewer.get(ID)).toMatchObject(before)
        const bytes = encodePicture(shadow, grid, meta(after))
        if (bytes) applyPicture(bytes, viewer)
        expect({ ...viewer.get(ID), revision: 0 }).toMatchObject({ ...after, revision: 0 })
      }),
    )
  })

  test('several sessions share a frame; a change to a session that was let go is passed over', () => {
    const other = '01JD0000000000000000000001'
    const shadows: [Shadow, Shadow] = [{}, {}]
    const viewer = new Map<string, Picture>()
    const grid = createGrid(5, 2)
    const encode = (): Uint8Array[] =>
      shadows.flatMap(
        (shadow, index) => encodePicture(shadow, grid, meta({ sessionId: index === 0 ? ID : other })) ?? [],
      )
    expect(applyPicture(Buffer.concat(encode()), viewer)).toEqual([ID, other])
    grid.cells[0] = BLANK_CONTENT | 0x41
    viewer.delete(ID)
    expect(applyPicture(Buffer.concat(encode()), viewer)).toEqual([other])
    expect(viewer.has(ID)).toBe(false)
  })

  test('a span never begins or ends inside a wide character', () => {
    const shadow: Shadow = {}
    const grid = createGrid(6, 1)
    const wide = (fg: number): Stroke => ({
      x: 2,
      y: 0,
      times: 1,
      cell: { kind: 'wide', codePoint: 0x6f22 },
      fg,
      bg: 0,
    })
    paint(grid, wide(0))
    encodePicture(shadow, grid, meta())
    grid.cells[3 * WORDS + 2] = 7
    const bytes = encodePicture(shadow, grid, meta())!
    const span = new DataView(bytes.buffer, bytes.byteOffset + 4 + 26 + 1 + 8 + 4 + 16 + 8 + 4)
    expect([span.getUint16(0, true), span.getUint16(2, true), span.getUint16(4, true)]).toEqual([0, 2, 2])
  })
})

describe('the decoder is total', () => {
  const decode = (bytes: Uint8Array): void => {
    const viewer = new Map<string, Picture>()
    applyPicture(encodePicture({}, createGrid(20, 5), meta())!, viewer)
    const grid = viewer.get(ID)!.grid
    const length = grid.cells.length
    try {
      applyPicture(bytes, viewer)
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedPictureError)
    }
    expect(grid.cells.length).toBe(length)
    expect([...grid.combined.keys()].every((cell) => cell >= 0 && cell < 100)).toBe(true)
  }

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), decode), { numRuns: 500 })
  })

  test('good bytes cut off anywhere or with bytes changed', () => {
    const shadow: Shadow = {}
    const blank = createGrid(20, 5)
    encodePicture(shadow, blank, meta())
    const change = fc.record({ at: fc.nat(2000), value: fc.nat(255) })
    fc.assert(
      fc.property(
        fc.array(stroke, { maxLength: 15 }),
        fc.array(change, { maxLength: 3 }),
        fc.nat(2000),
        (strokes, changes, cut) => {
          const grid = createGrid(20, 5)
          for (const each of strokes) paint(grid, each)
          const bytes = encodePicture({ last: { ...meta(), grid: createGrid(20, 5) } }, grid, meta({ revision: 2 }))
          if (!bytes) return
          for (const { at, value } of changes) bytes[at % bytes.length] = value
          decode(changes.length > 0 ? bytes : bytes.subarray(0, cut % bytes.length))
        },
      ),
      { numRuns: 500 },
    )
  })
})
