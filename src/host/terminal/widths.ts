import type { Terminal } from '@xterm/headless'
import { WIDTH_PROVIDER } from '../../core/widths.ts'

/** Makes a terminal (it needs `allowProposedApi`) measure text by the same rules as every other screen of the program. */
export function applyWidths(terminal: Terminal): void {
  terminal.unicode.register(WIDTH_PROVIDER)
  terminal.unicode.activeVersion = WIDTH_PROVIDER.version
}
