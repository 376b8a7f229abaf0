import fc from 'fast-check'
import { readKey } from '../../../src/core/key-notation.ts'
import { readKeyOverrides } from '../../../src/core/key-overrides.ts'
import { createInputParser } from '../../../src/ui/terminal/input.ts'
import { InputTokenizer } from '../../../src/ui/terminal/tokenizer.ts'
import { createManualClock } from '../../unit/input/manual-clock.ts'
import { KEYS } from '../corpora.ts'
import { mutated, mutatedText } from '../mutations.ts'
import { createTarget, type FuzzTarget } from '../target.ts'

/** Longest that an unfinished sequence of the operator's terminal may be held back, in bytes. */
const MOST_HELD = 70_000

const TYPED = [
  ...['a', '\r', '\x1b[A', '\x1bOP', '\x1b[5;3~', '\x1b[97;5u', '\x1b[27;5;97~', '漢', '\x1b\x1b[B', '\x1b[<0;12;7M'],
  ...[
    '\x1b[M !!',
    '\x1b[I',
    '\x1b[?62c',
    '\x1b[3;9R',
    '\x1b]11;rgb:0/0/0\x07',
    '\x1bP>|t\x1b\\',
    '\x1b[200~p\x1b[201~',
  ],
].map((text) => Buffer.from(text))

/** Keys as operators write them: one notation for each, which reads as itself, or a sentence. */
export function keyTarget(): FuzzTarget {
  return createTarget({
    name: 'key notation',
    share: 16,
    input: mutatedText(KEYS),
    open: () => ({ attempt: expectOneNotation }),
  })
}

function expectOneNotation(text: string): void {
  const read = readKey(text)
  readKeyOverrides({ 'message.nudge': [text], 'focus.leave': [text] })
  if ('problem' in read) return
  const again = readKey(read.key)
  if (!('key' in again) || again.key !== read.key) throw new Error(`${read.key} reads as ${JSON.stringify(again)}`)
}

/** What the operator's terminal sends, in any pieces: every byte comes out, in order, and events never fail. */
export function typedTarget(): FuzzTarget {
  const input = fc.tuple(fc.array(mutated(TYPED), { maxLength: 4 }), fc.nat(40))
  return createTarget({ name: 'typed bytes', share: 14, input, open: () => ({ attempt: expectAllBytes }) })
}

function expectAllBytes([parts, cut]: readonly [readonly Buffer[], number]): void {
  const bytes = Buffer.concat(parts)
  const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)]
  const seen: Uint8Array[] = []
  const tokenizer = new InputTokenizer((token) => seen.push(Uint8Array.from(token.bytes)))
  for (const piece of pieces) tokenizer.push(piece)
  const held = tokenizer.release()
  if (held.length > MOST_HELD) throw new Error(`${held.length} bytes were held back`)
  if (!Buffer.concat([...seen, held]).equals(bytes)) throw new Error('bytes were lost or added')
  const clock = createManualClock()
  const parser = createInputParser({ onEvent: () => undefined, schedule: clock.schedule })
  for (const piece of pieces) parser.push(piece)
  clock.runAll()
}
