import type { Terminal } from '@xterm/headless'
import { widthOf as coreWidthOf, WIDTH_PROVIDER, type WidthOf } from '../../core/widths.ts'

/** Columns of a single code point, as every screen of the program measures it. */
export const widthOf: WidthOf = coreWidthOf

/** Makes a terminal measure text by the same rules as every other screen of the program. */
export function applyWidths(terminal: Terminal): void {
  terminal.unicode.register(WIDTH_PROVIDER)
  terminal.unicode.activeVersion = WIDTH_PROVIDER.version
}
