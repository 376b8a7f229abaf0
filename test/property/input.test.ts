import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PLAIN_MODES } from '../../src/core/grid.ts'
import { createFocusRouter } from '../../src/ui/terminal/focus-router.ts'
import { createInputParser, type InputEvent } from '../../src/ui/terminal/input.ts'
import { InputTokenizer } from '../../src/ui/terminal/tokenizer.ts'
import { bytesOf, createManualClock } from '../unit/input/manual-clock.ts'

const KEYS = [
  'a',
  'Z',
  ' ',
  '\r',
  '\t',
  '\x7f',
  '\x00',
  '\x03',
  'é',
  '漢',
  '🚀',
  '\x1b[A',
  '\x1bOP',
  '\x1b[5;3~',
  '\x1b[Z',
  '\x1bx',
  '\x1b\r',
  '\x1b[97;5u',
  '\x1b[27;5;97~',
  '\x1b[[A',
  '\x1b[1;2R',
]
const OTHERS = [
  '\x1d',
  '\x1b',
  '\x1b[',
  '\x1b]',
  '\x1bP',
  '\x1b_',
  '\x1b[<0;12;7M',
  '\x1b[<0;12;7m',
  '\x1b[M !!',
  '\x1b[I',
  '\x1b[O',
  '\x1b[?62c',
  '\x1b[3;9R',
  '\x1b]11;rgb:0/0/0\x07',
  '\x1bP>|t\x1b\\',
  '\x1b[200~',
  '\x1b[201~',
  'in a paste',
  '\x1b[20',
]

const garbage = fc.uint8Array({ maxLength: 12 })
const piece = fc.oneof(fc.constantFrom(...KEYS, ...OTHERS).map(bytesOf), garbage)
const stream = fc.array(piece, { maxLength: 30 }).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))
const cuts = fc.array(fc.nat(400), { maxLength: 12 })

function chunksOf(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const edges = [...new Set([0, ...at.filter((cut) => cut < bytes.length), bytes.length])].sort(
    (one, other) => one - other,
  )
  return edges.slice(1).map((end, index) => bytes.slice(edges[index], end))
}

function eventsOf(chunks: readonly Uint8Array[]): InputEvent[] {
  const clock = createManualClock()
  const events: InputEvent[] = []
  const parser = createInputParser({ onEvent: (event) => events.push(event), schedule: clock.schedule })
  for (const chunk of chunks) parser.push(chunk)
  clock.runAll()
  return events
}

function routedOf(chunks: readonly Uint8Array[]) {
  const modes = { ...PLAIN_MODES, bracketedPaste: true, sendFocus: true, mouse: 'any', mouseSgr: true } as const
  const router = createFocusRouter({
    chord: 'ctrl+]',
    modes: () => modes,
    pane: () => ({ x: 4, y: 2, cols: 80, rows: 24 }),
  })
  const forward: number[] = []
  const rest: number[] = []
  let hasLeft = false
  for (const chunk of chunks) {
    if (hasLeft) {
      rest.push(...chunk)
      continue
    }
    const routed = router.route(chunk)
    for (const part of routed.forward) forward.push(...part)
    rest.push(...routed.rest)
    hasLeft = routed.leave
  }
  for (let round = 0; round < 3 && !hasLeft; round++) {
    const routed = router.settle()
    for (const part of routed.forward) forward.push(...part)
    rest.push(...routed.rest)
    hasLeft = routed.leave
  }
  return { forward, rest, hasLeft }
}

test('any chunking gives the same events', () => {
  fc.assert(
    fc.property(stream, cuts, (bytes, at) => {
      expect(eventsOf(chunksOf(bytes, at))).toEqual(eventsOf([bytes]))
    }),
    { numRuns: 400 },
  )
})

test('any chunking is routed the same way', () => {
  fc.assert(
    fc.property(stream, cuts, (bytes, at) => {
      expect(routedOf(chunksOf(bytes, at))).toEqual(routedOf([bytes]))
    }),
    { numRuns: 400 },
  )
})

test('every key reaches the agent byte for byte', () => {
  const keys = fc.array(fc.constantFrom(...KEYS), { maxLength: 40 }).map((parts) => bytesOf(parts.join('')))
  fc.assert(
    fc.property(keys, cuts, (bytes, at) => {
      expect(routedOf(chunksOf(bytes, at))).toEqual({ forward: [...bytes], rest: [], hasLeft: false })
    }),
    { numRuns: 400 },
  )
})

test('a paste reaches an agent with bracketed paste byte for byte', () => {
  const text = fc.uint8Array({ maxLength: 300 }).filter((bytes) => !Buffer.from(bytes).includes('\x1b[201~'))
  fc.assert(
    fc.property(text, cuts, (inner, at) => {
      const bytes = Uint8Array.from([...bytesOf('\x1b[200~'), ...inner, ...bytesOf('\x1b[201~')])
      expect(routedOf(chunksOf(bytes, at))).toEqual({ forward: [...bytes], rest: [], hasLeft: false })
    }),
    { numRuns: 300 },
  )
})

test('tokens are the input, nothing added and nothing lost', () => {
  fc.assert(
    fc.property(stream, cuts, (bytes, at) => {
      const seen: number[] = []
      const tokenizer = new InputTokenizer((token) => seen.push(...token.bytes))
      for (const chunk of chunksOf(bytes, at)) tokenizer.push(chunk)
      seen.push(...tokenizer.release())
      expect(seen).toEqual([...bytes])
    }),
    { numRuns: 400 },
  )
})
