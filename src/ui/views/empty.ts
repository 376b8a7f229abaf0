import type { Rect } from '../panes/regions.ts'
import type { RoomState } from '../store/state.ts'
import { keyName } from '../theme/key-names.ts'
import type { Tone } from '../theme/theme.ts'
import { pad, plain } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'
import type { SceneCanvas } from './scene.ts'

const HEALTH: Readonly<Record<string, { readonly word: string; readonly tone: Tone }>> = {
  checking: { word: 'checking', tone: 'muted' },
  ready: { word: 'ready', tone: 'working' },
  degraded: { word: 'degraded', tone: 'limited' },
  unavailable: { word: 'not found', tone: 'muted' },
}

/** Draws the room without sessions: which backends there are, and what to do first. */
export function drawEmpty(canvas: SceneCanvas, state: RoomState, body: Rect): void {
  const { keymap } = canvas.tools
  const spawn = keyName(keymap.keysOf('session.spawn')[0] ?? '')
  const demo = keyName(keymap.keysOf('demo.run')[0] ?? '')
  const help = keyName(keymap.keysOf('help.open')[0] ?? '')
  const keys: readonly Line[] = [
    [span(`${pad(spawn, 4)}`, 'accent'), span('start a session')],
    [span(`${pad(demo, 4)}`, 'accent'), span('watch a demo: live sessions, no account needed')],
    [span(`${pad(help, 4)}`, 'accent'), span('all keys')],
  ]
  const lines: readonly Line[] = [[span('No sessions yet.', 'strong')], [], ...backendLines(state), [], ...keys]
  const cols = Math.min(body.cols - 4, 72)
  const x = body.x + Math.floor((body.cols - cols) / 2)
  const y = body.y + Math.max(0, Math.floor((body.rows - lines.length) / 2))
  canvas.block('empty', { x, y, cols, rows: lines.length }, lines)
  canvas.hit({ x, y: y + lines.length - 3, cols, rows: 1 }, { kind: 'command', id: 'session.spawn' })
  canvas.hit({ x, y: y + lines.length - 2, cols, rows: 1 }, { kind: 'command', id: 'demo.run' })
  canvas.hit({ x, y: y + lines.length - 1, cols, rows: 1 }, { kind: 'command', id: 'help.open' })
}

function backendLines(state: RoomState): readonly Line[] {
  const backends = Object.entries(state.fleet.backends)
  if (backends.length === 0) return [[span('Looking for agents on this machine…', 'muted')]]
  return backends.map(([name, health]) => {
    const look = HEALTH[health.status]
    const words = health.status === 'ready' ? (health.version ?? health.detail) : health.detail
    return [
      span(pad(plain(name), 12), 'plain'),
      span(pad(look?.word ?? health.status, 12), look?.tone ?? 'muted'),
      span(plain(words), 'muted'),
    ]
  })
}

/** Draws the message of a terminal that is too small. */
export function drawTooSmall(canvas: SceneCanvas, state: RoomState): void {
  const { cols, rows } = state.size
  const lines: readonly Line[] = [
    [span('signalbox needs 60 columns', 'plain')],
    [span('and 15 rows; this is', 'plain')],
    [span(`${cols} × ${rows}.`, 'plain')],
    [span('Sessions go on.', 'muted')],
  ]
  canvas.block('too-small', { x: 0, y: 0, cols, rows: Math.min(rows, lines.length) }, lines)
}
