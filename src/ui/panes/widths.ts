import unicode11 from '@xterm/addon-unicode11'
import type { IUnicodeVersionProvider, Terminal } from '@xterm/headless'
import { joinState, type WidthOf } from '../../core/widths.ts'

const VERSION = 'signalbox'
const table = unicode11Table()

/** Columns of a single code point by the emulator's Unicode 11 table. */
export const widthOf: WidthOf = (codePoint) => table.wcwidth(codePoint)

/** Makes a terminal measure text by the same rules as every other screen of the program. */
export function applyWidths(terminal: Terminal): void {
  terminal.unicode.register({
    version: VERSION,
    wcwidth: widthOf,
    charProperties: (codePoint, preceding) => joinState(codePoint, preceding, widthOf),
  })
  terminal.unicode.activeVersion = VERSION
}

/** The addon hands its table only to a terminal it is loaded into: this takes it without one. */
function unicode11Table(): IUnicodeVersionProvider {
  const registered: IUnicodeVersionProvider[] = []
  const registry = { unicode: { register: (provider: IUnicodeVersionProvider) => registered.push(provider) } }
  new unicode11.Unicode11Addon().activate(registry as never)
  const [provider] = registered
  if (provider === undefined) throw new Error('@xterm/addon-unicode11 registered no width table')
  return provider
}
