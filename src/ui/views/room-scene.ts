import { shownIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { drawEmpty, drawTooSmall } from './empty.ts'
import { drawFooter } from './footer.ts'
import { drawGrid } from './grid.ts'
import { drawHeader } from './header.ts'
import { layoutRoom } from './layout.ts'
import { drawOverlay } from './overlay-view.ts'
import { createCanvas, type Scene, type SceneTools } from './scene.ts'
import { drawTriage } from './triage.ts'
import { drawZoom } from './zoom.ts'

/** The picture of a state. Pure: the same state and tools give the same scene. */
export function sceneOf(state: RoomState, tools: SceneTools): Scene {
  const canvas = createCanvas(tools)
  const layout = layoutRoom(state.size)
  if (layout === undefined) {
    drawTooSmall(canvas, state)
    return canvas.finish(state.size)
  }
  drawHeader(canvas, state, layout.header)
  const isEmpty = shownIn(state).all.length === 0
  if (isEmpty) drawEmpty(canvas, state, layout.body)
  else if (state.view === 'grid') drawGrid(canvas, state, layout.body)
  else if (state.view === 'zoom') drawZoom(canvas, state, layout.body)
  else drawTriage(canvas, state, layout.body)
  drawFooter(canvas, state, layout.footer)
  drawOverlay(canvas, state)
  return canvas.finish(state.size)
}
