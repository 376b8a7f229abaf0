import type { SessionId } from '../../core/ids.ts'
import type { Session } from '../../core/session.ts'
import type { OverlayEffect } from '../overlays/overlay-input.ts'
import { nameOf, selectedIn, targetsIn } from '../store/select.ts'
import { clearMarks } from '../store/transitions/marks.ts'
import { setOverlay } from '../store/transitions/view.ts'
import { attempt, type Commander, say } from './commander.ts'

/** Asks how long the selected or marked sessions are put aside; brings them back when all of them are. */
export function snoozeSelected(room: Commander): void {
  const targets = targetsIn(room.store.get())
  const ids = targets.map((session) => session.id)
  if (targets.length > 0 && targets.every((session) => session.snooze !== undefined)) {
    forEach(room, ids, { words: 'Back', act: (id) => room.orchestrator.snooze(id, undefined) })
    return
  }
  const question = `Snooze ${namesOf(room, ids)}`
  room.store.update((state) => setOverlay(state, { kind: 'snooze', targets: ids, question, index: 0 }))
}

/** Puts sessions aside as it was chosen. */
export function snooze(room: Commander, effect: Extract<OverlayEffect, { kind: 'snooze' }>): void {
  const { targets, length, label } = effect
  forEach(room, targets, { words: `Snoozed (${label})`, act: (id) => room.orchestrator.snooze(id, length) })
}

/** Marks replies as not looked at, or as read when all of them are unread. */
export function toggleUnread(room: Commander): void {
  const { orchestrator } = room
  toggle(room, (session) => session.unread, {
    on: { words: 'Unread', act: (id) => orchestrator.markUnread(id) },
    off: { words: 'Read', act: (id) => orchestrator.markRead(id) },
  })
}

/** Makes the sessions the first of their tier, or takes that back. */
export function toggleFavourite(room: Commander): void {
  const { orchestrator } = room
  toggle(room, (session) => session.isFavourite === true, {
    on: { words: 'Favourite', act: (id) => orchestrator.setFavourite(id, true) },
    off: { words: 'No longer a favourite', act: (id) => orchestrator.setFavourite(id, false) },
  })
}

/** Puts the sessions before all others, or takes that back. */
export function toggleUrgent(room: Commander): void {
  const { orchestrator } = room
  toggle(room, (session) => session.isUrgent === true, {
    on: { words: 'Urgent', act: (id) => orchestrator.setUrgent(id, true) },
    off: { words: 'No longer urgent', act: (id) => orchestrator.setUrgent(id, false) },
  })
}

/** Keeps everything away from the sessions, or lets them go on. */
export function togglePause(room: Commander): void {
  const { orchestrator } = room
  toggle(room, (session) => session.isPaused === true, {
    on: { words: 'Paused', act: (id) => orchestrator.pause(id) },
    off: { words: 'Goes on', act: (id) => orchestrator.unpause(id) },
  })
}

/** Copies what the selected session shows. */
export function copyPane(room: Commander): void {
  const session = selectedIn(room.store.get())
  if (session === undefined) return
  const copied = room.orchestrator.screen(session.id).then(({ lines }) => copyText(room, lines.join('\n').trimEnd()))
  attempt(room, copied)
}

/** Hands a text to the clipboard of the operator's terminal; whether it takes it, no terminal says. */
export function copyText(room: Commander, text: string): void {
  const lines = text === '' ? 0 : text.split('\n').length
  if (lines > 0) room.copy(text)
  say(room, 'info', lines === 0 ? 'There is nothing to copy' : `Copied ${lines} ${lines === 1 ? 'line' : 'lines'}`)
}

interface Act {
  readonly words: string
  readonly act: (id: SessionId) => Promise<void>
}

function toggle(
  room: Commander,
  isOn: (session: Session) => boolean,
  { on, off }: { readonly on: Act; readonly off: Act },
): void {
  const targets = targetsIn(room.store.get())
  const ids = targets.map((session) => session.id)
  forEach(room, ids, targets.every(isOn) ? off : on)
}

function forEach(room: Commander, ids: readonly SessionId[], { words, act }: Act): void {
  const names = namesOf(room, ids)
  const done = Promise.all(ids.map(act)).then(() => {
    room.store.update(clearMarks)
    say(room, 'info', `${words}: ${names}`)
  })
  attempt(room, done)
}

function namesOf(room: Commander, ids: readonly SessionId[]): string {
  const [only] = ids
  return ids.length === 1 && only !== undefined ? nameOf(room.store.get().fleet, only) : `${ids.length} sessions`
}
