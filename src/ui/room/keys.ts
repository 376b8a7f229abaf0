import type { CommandId } from '../../core/commands.ts'
import { meaningOf } from '../keymap/keymap.ts'
import { stepOverlay } from '../overlays/overlay.ts'
import type { OverlayInput } from '../overlays/overlay-input.ts'
import { contextOf } from '../store/select.ts'
import { touch } from '../store/transitions/selection.ts'
import { setOverlay } from '../store/transitions/view.ts'
import type { InputEvent } from '../terminal/input.ts'
import { keyName } from '../terminal/key.ts'
import { keyName as shownKey } from '../theme/key-names.ts'
import { layoutRoom } from '../views/layout.ts'
import { type Commander, say } from './commander.ts'
import { runEffect } from './effects.ts'
import { runCommand } from './handlers.ts'

/** Handles a key or a paste that is meant for the room. */
export function handleKey(room: Commander, event: Extract<InputEvent, { type: 'key' | 'paste' }>): void {
  room.store.update(touch)
  const { overlay } = room.store.get()
  const input: OverlayInput =
    event.type === 'paste'
      ? { kind: 'paste', text: event.text }
      : { kind: 'key', key: { name: keyName(event.key), text: event.key.text } }
  if (overlay !== undefined) {
    feedOverlay(room, input)
    return
  }
  if (input.kind === 'key') pressKey(room, input.key.name)
  else say(room, 'warning', 'Nothing takes a paste here: nudge a session with it, or focus one')
}

/**
 * Gives the focused session what was read as the room's: keys that came in one chunk with the key that began the focus
 * belong to the session, and must not run commands.
 */
export function typeIntoFocus(room: Commander, event: Extract<InputEvent, { type: 'key' | 'paste' }>): void {
  const { focusedId } = room.store.get()
  if (focusedId === undefined) return
  if (event.type === 'key') {
    const isLeaving = room.keymap.keysOf('focus.leave').includes(keyName(event.key))
    if (isLeaving) runCommand(room, 'focus.leave', '')
    else room.viewer.type(focusedId, event.bytes)
    return
  }
  const isBracketed = room.viewer.picture(focusedId)?.modes.bracketedPaste === true
  const text = isBracketed ? `\x1b[200~${event.text}\x1b[201~` : event.text.replaceAll('\n', '\r')
  room.viewer.type(focusedId, new TextEncoder().encode(text))
}

/** Runs what a key means here and now; when it cannot be used now, says why. */
export function pressKey(room: Commander, key: string): void {
  const state = room.store.get()
  const meaning = meaningOf(room.keymap, key, { mode: 'room', context: contextOf(state) })
  // On a terminal that is too small nothing is shown, and nobody should answer what they cannot see.
  if (layoutRoom(state.size) === undefined && !(meaning.kind === 'run' && ALWAYS.has(meaning.id))) return
  if (meaning.kind === 'run') runCommand(room, meaning.id, key)
  if (meaning.kind === 'disabled') say(room, 'info', meaning.reason)
  if (meaning.kind === 'none' && key === 'ctrl+c') sayHowToQuit(room)
}

/** What works even when nothing can be shown. */
const ALWAYS: ReadonlySet<CommandId> = new Set(['room.quit', 'room.suspend'])

function sayHowToQuit(room: Commander): void {
  const [key = ''] = room.keymap.keysOf('room.quit')
  say(room, 'info', `${shownKey(key)} closes the room; sessions go on`)
}

/** Gives an input to the overlay that is open, and does what it asks for. */
export function feedOverlay(room: Commander, input: OverlayInput): void {
  const state = room.store.get()
  if (state.overlay === undefined) return
  const step = stepOverlay(state.overlay, input, {
    keymap: room.keymap,
    context: contextOf(state),
    fleet: state.fleet,
    size: state.size,
  })
  room.store.update((now) => setOverlay(now, step.overlay))
  if (step.effect !== undefined) runEffect(room, step.effect)
}
