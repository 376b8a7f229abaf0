import type { Size } from '../../core/session.ts'
import type { Rect } from '../panes/regions.ts'

/** The smallest terminal the room is drawn on. */
export const SMALLEST: Size = { cols: 60, rows: 15 }

/** The three parts of the room, top to bottom. */
export interface RoomLayout {
  readonly header: Rect
  readonly body: Rect
  readonly footer: Rect
}

/** Where the parts of the room are, or undefined when the terminal is too small for it. */
export function layoutRoom({ cols, rows }: Size): RoomLayout | undefined {
  if (cols < SMALLEST.cols || rows < SMALLEST.rows) return undefined
  return {
    header: { x: 0, y: 0, cols, rows: 1 },
    body: { x: 0, y: 1, cols, rows: rows - 2 },
    footer: { x: 0, y: rows - 1, cols, rows: 1 },
  }
}

/** The list on the left, and on the right the title, the question, a rule and the live screen. */
export interface TriageLayout {
  readonly list: Rect
  readonly divider: Rect
  readonly title: Rect
  /** No rows when the session asks nothing. */
  readonly need: Rect
  readonly rule: Rect
  readonly pane: Rect
}

/** Most rows that a question takes of this body: at least half of it stays for the screen. */
export function mostNeedRows(body: Rect): number {
  return Math.max(3, Math.floor((body.rows - 2) / 2))
}

/** Columns inside the question block of the triage view. */
export function needColumns(body: Rect): number {
  return body.cols - listColumns(body) - 1 - 4
}

/** Where the parts of the triage view are when the question takes `needRows`. */
export function layoutTriage(body: Rect, needRows: number): TriageLayout {
  const list = listColumns(body)
  const x = list + 1
  const cols = body.cols - x
  const rows = Math.min(needRows, mostNeedRows(body))
  return {
    list: { x: 0, y: body.y, cols: list, rows: body.rows },
    divider: { x: list, y: body.y, cols: 1, rows: body.rows },
    title: { x, y: body.y, cols, rows: 1 },
    need: { x, y: body.y + 1, cols, rows },
    rule: { x, y: body.y + 1 + rows, cols, rows: 1 },
    pane: { x, y: body.y + 2 + rows, cols, rows: body.rows - 2 - rows },
  }
}

/** The status of the session, its screen, and one line for what it asks. */
export interface ZoomLayout {
  readonly status: Rect
  readonly pane: Rect
  readonly need: Rect
}

/** Where the parts of the zoom view are. */
export function layoutZoom(body: Rect): ZoomLayout {
  const { x, y, cols, rows } = body
  return {
    status: { x, y, cols, rows: 1 },
    pane: { x, y: y + 1, cols, rows: rows - 2 },
    need: { x, y: y + rows - 1, cols, rows: 1 },
  }
}

/** A panel in the middle of the screen, as large as asked for and the screen allows. */
export function layoutPanel(size: Size, wanted: Size): Rect {
  const cols = Math.min(wanted.cols, size.cols - 4)
  const rows = Math.min(wanted.rows, size.rows - 2)
  return { x: Math.floor((size.cols - cols) / 2), y: Math.floor((size.rows - rows) / 2), cols, rows }
}

/** Whether a cell is inside a rectangle. */
export function isInside(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && x < rect.x + rect.cols && y >= rect.y && y < rect.y + rect.rows
}

function listColumns(body: Rect): number {
  return Math.max(32, Math.min(56, Math.round(body.cols * 0.3)))
}
