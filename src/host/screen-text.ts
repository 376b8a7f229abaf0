import type { ScreenRequest, ScreenText } from '../core/orchestrator.ts'
import type { Size } from '../core/session.ts'
import type { Screen } from './terminal/screen.ts'

/** What a screen shows, as text; nothing in the given size when there is none any more. */
export function screenText(screen: Screen | undefined, size: Size, request: ScreenRequest): ScreenText {
  if (screen === undefined) return { size, title: '', lines: [] }
  const range = request.lines === undefined ? {} : { lines: request.lines, fromBottom: true }
  const lines = request.ansi === true ? screen.ansi(range) : screen.text(range)
  return { size: { cols: screen.cols, rows: screen.rows }, title: screen.title, lines }
}
