import type { Canvas } from '../backends/backend.ts'
import { createEmitter } from '../core/emitter.ts'
import { DEFAULT_SIZE, type Size } from '../core/session.ts'
import { createScreen, type Screen } from './terminal/screen.ts'

/** What a backend with a terminal of its own has to draw on: nothing. */
export const NO_CANVAS: Canvas = {
  size: DEFAULT_SIZE,
  write: () => undefined,
  clear: () => undefined,
  onResize: () => () => undefined,
}

/** A transcript's drawing surface: a screen that no process writes to. */
export interface CanvasScreen {
  readonly screen: Screen
  readonly canvas: Canvas
  resize(size: Size): void
  dispose(): void
}

/** A blank canvas. The cursor is hidden: a transcript has nowhere to type. */
export function createCanvas(first: Size): CanvasScreen {
  const resized = createEmitter<Size>()
  const screen = createScreen({ ...first, reply: () => undefined })
  screen.write('\x1b[?25l')
  let size = first
  return {
    screen,
    canvas: {
      get size() {
        return size
      },
      write: (text) => screen.write(text),
      clear: () => screen.write('\x1bc\x1b[?25l'),
      onResize: resized.on,
    },
    resize(next) {
      if (next.cols === size.cols && next.rows === size.rows) return
      size = next
      screen.resize(next.cols, next.rows)
      resized.emit(next)
    },
    dispose: () => screen.dispose(),
  }
}
