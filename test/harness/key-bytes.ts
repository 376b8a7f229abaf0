/** How the operator's terminal sends cursor keys now. */
export interface KeyboardMode {
  readonly isApplicationCursor: boolean
}

const FIXED: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  'shift+tab': '\x1b[Z',
  space: ' ',
  backspace: '\x7f',
  delete: '\x1b[3~',
  insert: '\x1b[2~',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  'ctrl+space': '\0',
  'ctrl+[': '\x1b',
  'ctrl+\\': '\x1c',
  'ctrl+]': '\x1d',
  'ctrl+^': '\x1e',
  'ctrl+_': '\x1f',
  'shift+enter': '\x1b[13;2u',
  f1: '\x1bOP',
  f2: '\x1bOQ',
  f3: '\x1bOR',
  f4: '\x1bOS',
  f5: '\x1b[15~',
  f6: '\x1b[17~',
  f7: '\x1b[18~',
  f8: '\x1b[19~',
  f9: '\x1b[20~',
  f10: '\x1b[21~',
  f11: '\x1b[23~',
  f12: '\x1b[24~',
}

const CURSOR: Readonly<Record<string, string>> = { up: 'A', down: 'B', right: 'C', left: 'D', home: 'H', end: 'F' }

/** What an xterm sends for a key in the notation of docs/keys.md. Throws on one it does not know. */
export function keyBytes(key: string, mode: KeyboardMode): string {
  const fixed = FIXED[key]
  if (fixed !== undefined) return fixed
  const cursor = CURSOR[key]
  if (cursor !== undefined) return `\x1b${mode.isApplicationCursor ? 'O' : '['}${cursor}`
  const control = /^ctrl\+([a-z])$/.exec(key)?.[1]
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 96)
  const alt = /^alt\+(.+)$/.exec(key)?.[1]
  if (alt !== undefined) return `\x1b${keyBytes(alt, mode)}`
  if ([...key].length === 1) return key
  throw new Error(`the harness does not know the key "${key}"`)
}
