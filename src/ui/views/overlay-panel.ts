import type { Size } from '../../core/session.ts'
import type { Rect } from '../panes/regions.ts'
import { columnsOf } from '../widgets/plain-text.ts'
import { fitLine, type Line, span } from '../widgets/spans.ts'
import { layoutPanel } from './layout.ts'
import type { SceneCanvas } from './scene.ts'
import { onBackground } from './session-line.ts'

/** What a panel shows: a title, lines, and at the bottom the keys that work in it. */
export interface PanelContent {
  readonly title: string
  readonly lines: readonly Line[]
  readonly keys: string
}

/** Columns of a panel's text when the panel is as wide as `wanted` and the screen allow. */
export function panelTextColumns(size: Size, wanted: number): number {
  return layoutPanel(size, { cols: wanted, rows: 3 }).cols - 4
}

/** Draws a panel over the middle of the room. */
export function drawPanel(
  canvas: SceneCanvas,
  size: Size,
  { content, cols }: { readonly content: PanelContent; readonly cols: number },
): void {
  const { theme, glyphs } = canvas.tools
  const rect: Rect = layoutPanel(size, { cols, rows: content.lines.length + 3 })
  const room = Math.max(0, rect.rows - 3)
  const top: Line = [
    span(glyphs.horizontal.repeat(2), 'rule'),
    span(` ${content.title} `, 'strong'),
    span(glyphs.horizontal.repeat(Math.max(0, rect.cols - columnsOf(content.title) - 4)), 'rule'),
  ]
  const body = content.lines.slice(0, room).map((line): Line => [span('  '), ...line])
  const bottom: Line = [span(glyphs.horizontal.repeat(rect.cols), 'rule')]
  const keys: Line = [span(`  ${content.keys}`, 'muted')]
  const lines = [top, ...body, keys, bottom].map((line) => onBackground(fitLine(line, rect.cols), theme.panel))
  canvas.panel(rect, lines, theme.panel)
}
