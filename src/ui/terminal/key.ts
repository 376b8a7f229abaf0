import type { Token } from './tokenizer.ts'

/** A key as the keymap names it. */
export interface Key {
  /** `a`, `N`, `?`, `space`, `enter`, `escape`, `tab`, `backspace`, `up`, `pageup`, `f5`, … */
  readonly name: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
  /** What the key types, when it types something and no Ctrl or Alt is held. */
  readonly text?: string
  /** The name of the key in the same place of a US keyboard, when the terminal tells it. */
  readonly base?: string
}

/** A key event of a sequence: `undefined` when the sequence is no key, `ignored` for releases and lone modifiers. */
export type DecodedKey = Key | 'ignored' | undefined

const LETTER_KEYS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}

const NUMBER_KEYS: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
  25: 'f13',
  26: 'f14',
  28: 'f15',
  29: 'f16',
  31: 'f17',
  32: 'f18',
  33: 'f19',
  34: 'f20',
}

const CODE_NAMES: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  10: 'enter',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
}

/** Keypad keys of the kitty protocol, from 57399 on. */
const KEYPAD = [
  ...'0123456789./*-+',
  'enter',
  '=',
  ',',
  'left',
  'right',
  'up',
  'down',
  'pageup',
  'pagedown',
  'home',
  'end',
  'insert',
  'delete',
  'begin',
]
const KEYPAD_FIRST = 57399
const PRIVATE_FIRST = 57344
const PRIVATE_LAST = 63743
const F13 = 57376
const F35 = 57398

/** Keys of the application keypad, `ESC O j` to `ESC O y`. */
const SS3_KEYPAD = '*+,-./0123456789'

const decoder = new TextDecoder()

/** The key that a token stands for. */
export function decodeKey(token: Token): DecodedKey {
  switch (token.kind) {
    case 'byte':
      return byteKey(token.bytes[0] ?? 0)
    case 'character':
      return characterKey(decoder.decode(token.bytes))
    case 'escape':
      return plainKey('escape')
    case 'alt':
      return altKey(token.bytes.subarray(1))
    case 'ss3':
      return ss3Key(token.parameters, token.final)
    case 'csi':
      return csiKey(token.parameters, token.final)
    default:
      return undefined
  }
}

/** The notation of a key in keymaps: `ctrl+]`, `shift+tab`, `alt+x`, `N`, `space`, `pageup`. */
export function keyName(key: Key): string {
  return `${key.ctrl ? 'ctrl+' : ''}${key.alt ? 'alt+' : ''}${key.shift ? 'shift+' : ''}${key.name}`
}

function plainKey(name: string): Key {
  return { name, ctrl: false, alt: false, shift: false }
}

function characterKey(text: string): Key {
  return { ...plainKey(text), text }
}

function byteKey(byte: number): Key {
  if (byte === 0x20) return { ...plainKey('space'), text: ' ' }
  if (byte > 0x20 && byte < 0x7f) return characterKey(String.fromCharCode(byte))
  if (byte === 0x00) return { ...plainKey('space'), ctrl: true }
  const name = byte === 0x0a ? undefined : CODE_NAMES[byte]
  if (name !== undefined) return plainKey(name)
  const letter = String.fromCharCode(byte + 0x40)
  return { ...plainKey(letter.toLowerCase()), ctrl: true }
}

function altKey(bytes: Uint8Array): Key {
  const key = bytes.length > 1 ? characterKey(decoder.decode(bytes)) : byteKey(bytes[0] ?? 0)
  return { name: key.name, ctrl: key.ctrl, alt: true, shift: key.shift }
}

function ss3Key(parameters: string, final: string): DecodedKey {
  const keypad = SS3_KEYPAD[final.charCodeAt(0) - 0x6a]
  if (keypad !== undefined && final >= 'j') return characterKey(keypad)
  if (final === 'M') return plainKey('enter')
  if (final === 'I') return plainKey('tab')
  const name = LETTER_KEYS[final]
  return name === undefined ? undefined : withModifiers(name, Number(parameters.split(';').at(-1)) || 1)
}

function csiKey(parameters: string, final: string): DecodedKey {
  if (parameters.startsWith('[')) return linuxKey(final)
  if (!/^[0-9;:]*$/.test(parameters)) return undefined
  const fields = parameters.split(';').map((field) => field.split(':').map(Number))
  const [code = 0] = fields[0] ?? []
  const [modifiers = 1, event = 1] = fields[1] ?? []
  if (event === 3) return 'ignored'
  if (final === 'u') return codeKey(fields[0] ?? [], modifiers || 1)
  if (final === '~' && code === 27 && fields.length >= 3) return codeKey([fields[2]?.[0] ?? 0], modifiers || 1)
  if (final === '~') return namedKey(NUMBER_KEYS[code], modifiers)
  if (final === 'Z') return withModifiers('tab', (modifiers || 1) === 1 ? 2 : modifiers)
  // `CSI 1 ; 2 R` is Shift+F3, any other `R` with numbers the position of the cursor.
  if (final === 'R' && parameters !== '' && (code !== 1 || modifiers < 2 || modifiers > 16)) return undefined
  if (code > 1) return undefined
  return namedKey(LETTER_KEYS[final], modifiers)
}

function namedKey(name: string | undefined, modifiers: number): Key | undefined {
  return name === undefined ? undefined : withModifiers(name, modifiers || 1)
}

/** The Linux console's `ESC [ [ A` to `ESC [ [ E` are F1 to F5. */
function linuxKey(final: string): Key | undefined {
  const index = 'ABCDE'.indexOf(final)
  return index < 0 ? undefined : plainKey(`f${index + 1}`)
}

function withModifiers(name: string, modifiers: number): Key {
  const bits = modifiers - 1
  return { name, ctrl: (bits & 4) !== 0, alt: (bits & 34) !== 0, shift: (bits & 1) !== 0 }
}

/** A key given by its code point: the kitty protocol and xterm's modifyOtherKeys. */
function codeKey(codes: readonly number[], modifiers: number): DecodedKey {
  const [code = 0, shifted = 0, base = 0] = codes
  if (code >= PRIVATE_FIRST && code <= PRIVATE_LAST) {
    const name = privateName(code)
    return name === undefined ? 'ignored' : typed(withModifiers(name, modifiers))
  }
  if (code < 0 || code > 0x10ffff || !Number.isInteger(code)) return 'ignored'
  const named = CODE_NAMES[code]
  if (named !== undefined) return typed(withModifiers(named, modifiers))
  if (code < 0x20) return byteKey(code)
  const character = String.fromCodePoint(code)
  const key = withModifiers(((modifiers - 1) & 4) !== 0 ? character.toLowerCase() : character, modifiers)
  const known = base > 0x20 && base <= 0x10ffff ? { base: String.fromCodePoint(base) } : {}
  if (key.ctrl || !key.shift) return typed({ ...key, ...known })
  const upper = shifted > 0x20 && shifted <= 0x10ffff ? String.fromCodePoint(shifted) : key.name.toUpperCase()
  return typed({ ...key, ...known, name: upper, shift: false })
}

function typed(key: Key): Key {
  if (key.ctrl || key.alt) return key
  if (key.name === 'space') return { ...key, text: ' ' }
  return [...key.name].length === 1 ? { ...key, text: key.name } : key
}

function privateName(code: number): string | undefined {
  if (code >= F13 && code <= F35) return `f${code - F13 + 13}`
  return KEYPAD[code - KEYPAD_FIRST]
}
