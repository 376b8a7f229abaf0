import unicode11 from '@xterm/addon-unicode11'
import type { IUnicodeVersionProvider, Terminal } from '@xterm/headless'

/** Name under which the provider is registered; `terminal.unicode.activeVersion` is set to it. */
export const WIDTHS_VERSION = 'signalbox'

const VARIATION_EMOJI = 0xfe0f
const ZERO_WIDTH_JOINER = 0x200d
const KEYCAP = 0x20e3

/* A property value is: state (24 bits) << 3 | width (2 bits) << 1 | joins the cell before (1 bit).
   Our state is the code point the cluster began with (21 bits) and what may follow it (2 bits). */
const BASE_MASK = 0x1fffff
const AFTER_JOINER = 1 << 21
const HALF_FLAG = 1 << 22

type Width = 0 | 1 | 2

const pictographic = /\p{Extended_Pictographic}/u
const emoji = /\p{Emoji}/u
const wideByDefault = /\p{Emoji_Presentation}/u

const joined = (state: number, width: number): number => (state << 3) | (width << 1) | 1
const separate = (state: number, width: number): number => (state << 3) | (width << 1)

function matches(pattern: RegExp, codePoint: number): boolean {
  return codePoint > 0 && pattern.test(String.fromCodePoint(codePoint))
}

const isFlagLetter = (codePoint: number): boolean => codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff
const isSkinTone = (codePoint: number): boolean => codePoint >= 0x1f3fb && codePoint <= 0x1f3ff
const isTag = (codePoint: number): boolean => codePoint >= 0xe0020 && codePoint <= 0xe007f
const isKeycapBase = (codePoint: number): boolean =>
  (codePoint >= 0x30 && codePoint <= 0x39) || codePoint === 0x23 || codePoint === 0x2a

/** The unicode 11 provider of the add-on, which keeps it to itself: it is caught while it registers. */
function unicode11Provider(): IUnicodeVersionProvider {
  let caught: IUnicodeVersionProvider | undefined
  const register = (provider: IUnicodeVersionProvider): void => {
    caught = provider
  }
  new unicode11.Unicode11Addon().activate({ unicode: { register } })
  if (!caught) throw new Error('the unicode 11 add-on registered no provider')
  return caught
}

const FIRST_EMOJI = 0x1f000
const LAST_EMOJI = 0x1faff

/** Emoji that became wide after unicode 11 (🟢, 🫠, …): the property tables of the running engine know them. */
function newerEmoji(base: IUnicodeVersionProvider): Uint8Array {
  const wide = new Uint8Array(LAST_EMOJI - FIRST_EMOJI + 1)
  for (let codePoint = FIRST_EMOJI; codePoint <= LAST_EMOJI; codePoint += 1) {
    if (isFlagLetter(codePoint) || base.wcwidth(codePoint) !== 1) continue
    if (matches(wideByDefault, codePoint)) wide[codePoint - FIRST_EMOJI] = 1
  }
  return wide
}

/**
 * Cell widths as the drawing libraries of the agents assume them: unicode 11 plus emoji variation selectors, keycaps,
 * zero-width joiner sequences, flags, skin tones and newer emoji. A zero-width character joins the cell before it.
 */
function createProvider(): IUnicodeVersionProvider {
  const base = unicode11Provider()
  const newer = newerEmoji(base)

  const wcwidth = (codePoint: number): Width => {
    if (codePoint >= FIRST_EMOJI && codePoint <= LAST_EMOJI && newer[codePoint - FIRST_EMOJI] === 1) return 2
    if (isFlagLetter(codePoint)) return 1
    return isTag(codePoint) ? 0 : base.wcwidth(codePoint)
  }

  const joinsAsEmoji = (codePoint: number, state: number): boolean => {
    const first = state & BASE_MASK
    if (isSkinTone(codePoint)) return matches(pictographic, first)
    return (state & AFTER_JOINER) !== 0 && matches(pictographic, first) && matches(pictographic, codePoint)
  }

  const charProperties = (codePoint: number, preceding: number): number => {
    const state = preceding >>> 3
    if (codePoint < 0x300) return separate(codePoint, wcwidth(codePoint))
    const width = (preceding >> 1) & 3
    const first = state & BASE_MASK
    if (codePoint === ZERO_WIDTH_JOINER) return joined(first | AFTER_JOINER, width)
    if (codePoint === VARIATION_EMOJI) {
      const widens = width === 1 && first > 0x7f && !isFlagLetter(first) && matches(emoji, first)
      return joined(first, widens ? 2 : width)
    }
    if (codePoint === KEYCAP) return joined(first, width === 1 && isKeycapBase(first) ? 2 : width)
    if (isFlagLetter(codePoint)) {
      return (state & HALF_FLAG) !== 0 && width === 1 ? joined(first, 2) : separate(codePoint | HALF_FLAG, 1)
    }
    if (width > 0 && joinsAsEmoji(codePoint, state)) return joined(first, 2)
    const own = wcwidth(codePoint)
    return own === 0 ? joined(state & ~AFTER_JOINER, width) : separate(codePoint, own)
  }

  return { version: WIDTHS_VERSION, wcwidth, charProperties }
}

let shared: IUnicodeVersionProvider | undefined

/** The provider, made once per process. */
export function widths(): IUnicodeVersionProvider {
  shared ??= createProvider()
  return shared
}

/** Registers the widths on a terminal (it needs `allowProposedApi`) and makes them the active ones. */
export function activateWidths(terminal: Terminal): void {
  terminal.unicode.register(widths())
  terminal.unicode.activeVersion = WIDTHS_VERSION
}
