import { render } from 'ink'
import type { VirtualTerminal } from '../panes/virtual-terminal.ts'
import type { Theme } from '../theme/theme.ts'
import { RoomView } from '../views/room-view.tsx'
import type { Scene } from '../views/scene.ts'

/** Ink, drawing scenes into the virtual terminal. */
export interface Chrome {
  /** Draws the scene before it returns. */
  draw(scene: Scene): void
  /** How often Ink has drawn. */
  readonly frames: number
  dispose(): void
}

/** See `mountChrome`. */
export type MountChrome = typeof mountChrome

/** Mounts the chrome with a first scene. The environment must allow full colour when this module is loaded. */
export function mountChrome(terminal: VirtualTerminal, theme: Theme, scene: Scene): Chrome {
  let frames = 0
  const view = (shown: Scene) => <RoomView scene={shown} theme={theme} />
  const instance = render(view(scene), {
    stdout: wholeFrames(terminal),
    stdin: silentInput(),
    stderr: silentOutput(),
    // Whole frames, at once: the compositor finds out what changed, so Ink's own throttle and diff would only add delay.
    debug: true,
    patchConsole: false,
    exitOnCtrlC: false,
    interactive: true,
    onRender: () => {
      frames += 1
    },
  })
  return {
    draw: (next) => instance.rerender(view(next)),
    get frames() {
      return frames
    },
    dispose: () => instance.unmount(),
  }
}

const CLEAR = '\x1b[H\x1b[2J'

/** A tty for Ink on which every write is a whole frame. */
function wholeFrames(terminal: VirtualTerminal): NodeJS.WriteStream {
  const stream = {
    isTTY: true,
    writable: true,
    get columns() {
      return terminal.columns
    },
    get rows() {
      return terminal.rows
    },
    write(frame: string) {
      if (frame !== '\n') terminal.write(CLEAR + frame)
      return true
    },
    on: () => stream,
    off: () => stream,
  }
  return stream as unknown as NodeJS.WriteStream
}

/** The room reads the keys itself; Ink gets none. */
function silentInput(): NodeJS.ReadStream {
  const stream = { isTTY: false, on: () => stream, off: () => stream, ref: () => stream, unref: () => stream }
  return stream as unknown as NodeJS.ReadStream
}

function silentOutput(): NodeJS.WriteStream {
  const stream = { isTTY: false, writable: true, write: () => true, on: () => stream, off: () => stream }
  return stream as unknown as NodeJS.WriteStream
}
