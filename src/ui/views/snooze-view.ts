import { SNOOZES, type SnoozeOverlay } from '../overlays/snooze.ts'
import type { RoomState } from '../store/state.ts'
import { type Line, span } from '../widgets/spans.ts'
import { drawPanel } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'

/** Draws the menu of how long sessions are put aside. */
export function drawSnooze(canvas: SceneCanvas, state: RoomState, overlay: SnoozeOverlay): void {
  const { bar } = canvas.tools.glyphs
  const lines: Line[] = [
    ...SNOOZES.map(({ key, label }, index): Line => {
      const isChosen = index === overlay.index
      return [
        span(isChosen ? `${bar} ` : '  ', 'accent'),
        span(`${key}  `, 'accent'),
        span(label, isChosen ? 'strong' : 'plain'),
      ]
    }),
    [],
    [span('A new question brings a session back at once.', 'muted')],
  ]
  const content = { title: overlay.question, lines, keys: 'Enter or digit snooze   Esc cancel' }
  drawPanel(canvas, state.size, { content, cols: 60 })
}
