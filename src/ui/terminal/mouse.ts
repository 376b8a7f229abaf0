import type { Token } from './tokenizer.ts'

/** A mouse report as the terminal sent it; columns and rows from 0. */
export interface MouseReport {
  /** Button, modifier and motion bits as in the protocol. */
  readonly code: number
  readonly x: number
  readonly y: number
  readonly isRelease: boolean
}

/** What the mouse did. */
export interface MouseEvent {
  readonly x: number
  readonly y: number
  readonly button: 'left' | 'middle' | 'right' | 'none' | 'wheelup' | 'wheeldown' | 'wheelleft' | 'wheelright' | 'extra'
  readonly action: 'press' | 'release' | 'drag' | 'move' | 'wheel'
  readonly shift: boolean
  readonly alt: boolean
  readonly ctrl: boolean
}

const MOTION = 32
const WHEEL = 64
const EXTRA = 128
const NO_BUTTON = 3
const BUTTONS = ['left', 'middle', 'right', 'none'] as const
const WHEELS = ['wheelup', 'wheeldown', 'wheelleft', 'wheelright'] as const

/** Columns and rows that an X10 report can name. */
const X10_LIMIT = 223

/** The report in a token, in SGR or in X10 form. */
export function mouseReport(token: Token): MouseReport | undefined {
  if (token.kind === 'x10-mouse') {
    const [code = 32, x = 33, y = 33] = token.bytes.subarray(3)
    const button = code - 32
    const isRelease = (button & (NO_BUTTON | MOTION | WHEEL)) === NO_BUTTON
    return { code: Math.max(0, button), x: Math.max(0, x - 33), y: Math.max(0, y - 33), isRelease }
  }
  if (token.kind !== 'csi' || (token.final !== 'M' && token.final !== 'm')) return undefined
  const match = /^<(\d{1,5});(\d{1,5});(\d{1,5})$/.exec(token.parameters)
  if (match === null) return undefined
  const [code, x, y] = [Number(match[1]), Math.max(0, Number(match[2]) - 1), Math.max(0, Number(match[3]) - 1)]
  return { code, x, y, isRelease: token.final === 'm' }
}

/** A report in words. */
export function mouseEvent(report: MouseReport): MouseEvent {
  const { code, x, y } = report
  const modifiers = { shift: (code & 4) !== 0, alt: (code & 8) !== 0, ctrl: (code & 16) !== 0 }
  return { x, y, button: buttonOf(code), action: actionOf(report), ...modifiers }
}

/** The bytes of a report in SGR form. */
export function sgrBytes({ code, x, y, isRelease }: MouseReport): Uint8Array {
  return asciiBytes(`\x1b[<${code};${x + 1};${y + 1}${isRelease ? 'm' : 'M'}`)
}

/** The bytes of a report in the older form; nothing when the cell is too far right or down for it. */
export function x10Bytes({ code, x, y, isRelease }: MouseReport): Uint8Array | undefined {
  if (x >= X10_LIMIT || y >= X10_LIMIT) return undefined
  const button = isRelease ? (code & ~NO_BUTTON) | NO_BUTTON : code
  if (button + 32 > 0xff) return undefined
  return Uint8Array.of(0x1b, 0x5b, 0x4d, button + 32, x + 33, y + 33)
}

function buttonOf(code: number): MouseEvent['button'] {
  if ((code & EXTRA) !== 0) return 'extra'
  return ((code & WHEEL) !== 0 ? WHEELS[code & 3] : BUTTONS[code & 3]) ?? 'none'
}

function actionOf({ code, isRelease }: MouseReport): MouseEvent['action'] {
  if ((code & WHEEL) !== 0) return 'wheel'
  if ((code & MOTION) !== 0) return (code & NO_BUTTON) === NO_BUTTON ? 'move' : 'drag'
  return isRelease ? 'release' : 'press'
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
