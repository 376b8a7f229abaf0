import type { Terminal } from '@xterm/headless'
import { shiftSavedRow } from './xterm-internals.ts'

/** Private modes that save the cursor when they are set and bring it back when they are reset. */
const SAVING_MODES: readonly number[] = [1048, 1049]

/**
 * The emulator remembers a saved cursor by its line, which scrolls away with what is printed after it; programs mean the row of the
 * screen. Only the main screen scrolls lines away. A resize moves lines, and the saved cursor with them: then the line it is.
 */
export function registerSavedCursor(terminal: Terminal): void {
  const { parser } = terminal
  let saved: { readonly baseY: number; readonly cols: number; readonly rows: number } | undefined
  const isMain = (): boolean => terminal.buffer.active.type === 'normal'
  const remember = (): false => {
    if (isMain()) saved = { baseY: terminal.buffer.active.baseY, cols: terminal.cols, rows: terminal.rows }
    return false
  }
  const restore = (): false => {
    if (!isMain() || saved?.cols !== terminal.cols || saved.rows !== terminal.rows) return false
    const { baseY } = terminal.buffer.active
    shiftSavedRow(terminal, baseY - saved.baseY)
    saved = { ...saved, baseY }
    return false
  }
  const forget = (): false => {
    saved = undefined
    return false
  }
  const isSaving = (params: readonly (number | number[])[]): boolean =>
    params.some((each) => typeof each === 'number' && SAVING_MODES.includes(each))
  parser.registerEscHandler({ final: '7' }, remember)
  parser.registerEscHandler({ final: '8' }, restore)
  parser.registerEscHandler({ final: 'c' }, forget)
  parser.registerCsiHandler({ final: 's' }, remember)
  parser.registerCsiHandler({ final: 'u' }, restore)
  parser.registerCsiHandler({ intermediates: '!', final: 'p' }, remember)
  parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => isSaving(params) && remember())
  parser.registerCsiHandler({ prefix: '?', final: 'l' }, (params) => isSaving(params) && restore())
}
