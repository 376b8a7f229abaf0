import unicode11 from '@xterm/addon-unicode11'
import xterm, { type IUnicodeVersionProvider } from '@xterm/headless'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { WIDTH_PROVIDER, widthOf } from '../../../src/core/widths.ts'
import { applyWidths } from '../../../src/host/terminal/widths.ts'
import { parseNow } from '../../../src/host/terminal/xterm-internals.ts'

function drawnWidth(text: string): number {
  const terminal = new xterm.Terminal({ cols: 200, rows: 2, allowProposedApi: true, logLevel: 'off' })
  applyWidths(terminal)
  parseNow(terminal, Buffer.from(text))
  const width = terminal.buffer.active.cursorX
  terminal.dispose()
  return width
}

/** The addon hands its table only to a terminal it is loaded into: this takes it without one. */
function unicode11Table(): IUnicodeVersionProvider {
  const registered: IUnicodeVersionProvider[] = []
  const registry = { unicode: { register: (provider: IUnicodeVersionProvider) => registered.push(provider) } }
  new unicode11.Unicode11Addon().activate(registry as never)
  return registered[0]!
}

function isNewerEmoji(codePoint: number, table: IUnicodeVersionProvider): boolean {
  const isFlagLetter = codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff
  if (codePoint < 0x1f000 || codePoint > 0x1faff || isFlagLetter || table.wcwidth(codePoint) !== 1) return false
  return /\p{Emoji_Presentation}/u.test(String.fromCodePoint(codePoint))
}

const SAMPLES = [
  ...['a', 'é', 'e\u0301', '漢', '한', '\u1112\u1161\u11ab', 'ﾊﾟ', '—', '…', '│', '█', '⠋', '✳', '☰'],
  ...['✅', '⚡', '🚀', '🧠', '⭐', '❌', '🟢', '🟡', '🫠', '🪄', '🥲', '🛠', 'ℹ', '⚠', '✔', '❤', '©'],
  ...['⚠️', '✔️', 'ℹ️', '❤️', '🛠️', '☁️', '©️', '1️⃣', '#️⃣', '0⃣', 'x\ufe0f', '1\ufe0f'],
  ...['👨‍👩‍👧', '👩‍💻', '🏳️‍🌈', '❤️‍🔥', '❤\u200d🔥', '👍🏽', '☝🏽', '👩🏽‍🚀', '🇫🇷', '🇫', '🇫🇷🇩🇪', '🇫🇷🇩', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ...['a\u200db', '\u0915\u093e', 'a\u0300\u0301\u0302'],
]

// Drawn as one cell by terminals and counted as two since a later unicode: the agents' own tables differ as well.
const KNOWN = new Set(['☰'])

describe('widths', () => {
  test.each(SAMPLES.filter((sample) => !KNOWN.has(sample)))('%j is as wide as the agents think', (sample) => {
    expect(drawnWidth(sample)).toBe(stringWidth(sample))
  })

  test('what stands behind an emoji is where it should be, whatever the emoji', () => {
    const piece = fc.constantFrom(...SAMPLES.filter((sample) => !KNOWN.has(sample) && !sample.includes('🇫')))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.map((each) => `${each}|`).join('')
        expect(drawnWidth(text)).toBe(stringWidth(text))
      }),
    )
  })

  test('every character of the basic blocks and of all emoji blocks agrees', () => {
    const ranges: readonly (readonly [number, number])[] = [
      [0x20, 0x7e],
      [0xa1, 0xac],
      [0xae, 0x88f],
      [0x2000, 0x2064],
      [0x2066, 0x262f],
      [0x2638, 0x2689],
      [0x2690, 0x2fef],
      [0x4e00, 0x9fff],
      [0xac00, 0xd7a3],
      [0x1f000, 0x1f1ad],
      [0x1f200, 0x1f6d8],
      [0x1f6e0, 0x1f7d8],
      [0x1f7e0, 0x1f93a],
    ]
    const wrong: string[] = []
    for (const [first, last] of ranges) {
      for (let codePoint = first; codePoint <= last; codePoint += 1) {
        const character = String.fromCodePoint(codePoint)
        if (widthOf(codePoint) !== stringWidth(character)) wrong.push(codePoint.toString(16))
      }
    }
    expect(wrong).toEqual([])
  })

  test("every code point is as wide as in the emulator's Unicode 11 table, but for emoji that came later", () => {
    const table = unicode11Table()
    const wrong: string[] = []
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += 1) {
      const expected = isNewerEmoji(codePoint, table) ? 2 : table.wcwidth(codePoint)
      if (widthOf(codePoint) !== expected) wrong.push(codePoint.toString(16))
    }
    expect(wrong).toEqual([])
  })

  test('the provider is the active one', () => {
    const terminal = new xterm.Terminal({ allowProposedApi: true })
    applyWidths(terminal)
    expect(terminal.unicode.activeVersion).toBe(WIDTH_PROVIDER.version)
    terminal.dispose()
  })
})
