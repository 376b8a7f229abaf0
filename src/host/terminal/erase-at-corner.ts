import type { Terminal } from '@xterm/headless'
import { adjustParameter } from './xterm-internals.ts'

const UP_TO_CURSOR = 1
const ALL = 2

/**
 * Erasing up to the cursor makes the emulator throw, and lose what follows, when the cursor is in the last cell of a screen without
 * lines behind it. From there it is the same as erasing all.
 */
export function registerEraseAtCorner(terminal: Terminal): void {
  const isAtCorner = (): boolean => {
    const { cursorX, cursorY } = terminal.buffer.active
    return cursorX >= terminal.cols - 1 && cursorY === terminal.rows - 1
  }
  const erase = (what: number): number => (what === UP_TO_CURSOR && isAtCorner() ? ALL : what)
  adjustParameter(terminal, { final: 'J' }, erase)
  adjustParameter(terminal, { prefix: '?', final: 'J' }, erase)
}
