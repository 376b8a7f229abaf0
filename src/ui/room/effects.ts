import { toControlError } from '../../core/errors.ts'
import type { MessageId, SessionId } from '../../core/ids.ts'
import type { SpawnRequest } from '../../core/session.ts'
import type { OverlayEffect } from '../overlays/overlay-input.ts'
import { nameOf } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { clearMarks } from '../store/transitions/marks.ts'
import { select } from '../store/transitions/selection.ts'
import { changeFilter, setOverlay, setToast } from '../store/transitions/view.ts'
import { keyName } from '../theme/key-names.ts'
import { giveAnswer } from './answers.ts'
import { copyText, snooze } from './attention.ts'
import { attempt, type Commander, say, sayError } from './commander.ts'
import { runCommand } from './handlers.ts'
import { changeWork, handOver, sling } from './work.ts'

/** Does what an overlay asked for. */
export function runEffect(room: Commander, effect: OverlayEffect): void {
  switch (effect.kind) {
    case 'filter':
      room.store.update((state) => changeFilter(state, effect.text, room.clock.now()))
      return
    case 'run':
      runCommand(room, effect.command, '')
      return
    case 'send':
      attempt(room, send(room, effect))
      return
    case 'spawn':
      spawn(room, effect.request)
      return
    case 'answer':
      answer(room, effect)
      return
    case 'snooze':
      snooze(room, effect)
      return
    case 'sling':
      sling(room, effect)
      return
    case 'work':
      changeWork(room, effect)
      return
    case 'hand-over':
      handOver(room, effect)
      return
    case 'message':
      attempt(room, changeMessage(room, effect))
      return
    case 'read-message':
      room.store.update((state) => readMessage(state, effect.id))
      return
    case 'copy':
      copyText(room, effect.text)
      return
    case 'confirmed':
      confirmed(room, effect)
      return
  }
}

async function send(room: Commander, effect: Extract<OverlayEffect, { kind: 'send' }>): Promise<void> {
  const { to, type, body } = effect
  const [only, ...others] = to
  if (only === undefined) return
  const message = { type, body, from: 'operator' }
  const receipts =
    others.length === 0
      ? [await room.orchestrator.sendMessage(only, message)]
      : await room.orchestrator.broadcastMessage(to, message)
  const ids = receipts.map((receipt) => receipt.id)
  room.store.update((state) => setToast(clearMarks(state), { kind: 'receipts', ids, at: room.clock.now() }))
}

async function changeMessage(room: Commander, effect: Extract<OverlayEffect, { kind: 'message' }>): Promise<void> {
  const { act, id } = effect
  if (act === 'acknowledge') return room.orchestrator.acknowledge(id, 'operator')
  const receipt = await (act === 'resend' ? room.orchestrator.resendMessage(id) : room.orchestrator.cancelMessage(id))
  room.store.update((state) => setToast(state, { kind: 'receipts', ids: [receipt.id], at: room.clock.now() }))
}

function readMessage(state: RoomState, id: MessageId): RoomState {
  const delivery = state.fleet.deliveries[id]
  if (delivery === undefined) return state
  const { message } = delivery
  const title = `${message.type} from ${nameOf(state.fleet, message.from)} to ${nameOf(state.fleet, message.to)}`
  const text = [message.subject, message.body].filter((part) => part !== undefined).join('\n\n')
  return setOverlay(state, { kind: 'reader', title, text, canReply: false, scroll: 0 })
}

/** The overlay that is open stays until the answer was taken, and says why when it was not: nothing written is lost. */
function answer(room: Commander, effect: Extract<OverlayEffect, { kind: 'answer' }>): void {
  const { overlay } = room.store.get()
  const isOpen = (): boolean => overlay !== undefined && room.store.get().overlay === overlay
  giveAnswer(room, effect).then(
    () => {
      if (isOpen()) room.store.update((state) => setOverlay(state, undefined))
    },
    (error: unknown) => {
      const { message, hint } = toControlError(error)
      if (!isOpen()) return sayError(room, error)
      room.store.update((state) => refused(state, `${message} ${hint}`))
    },
  )
}

function refused(state: RoomState, problem: string): RoomState {
  const { overlay } = state
  if (overlay?.kind !== 'reply' && overlay?.kind !== 'choose') return state
  return setOverlay(state, { ...overlay, isPending: false, problem })
}

function spawn(room: Commander, request: SpawnRequest): void {
  const known = Object.keys(room.store.get().fleet.sessions) as SessionId[]
  const pending = { since: room.clock.now(), known }
  room.store.update((state) =>
    state.overlay?.kind === 'spawn' ? setOverlay(state, { ...state.overlay, pending, problem: undefined }) : state,
  )
  room.orchestrator.spawnSession(request).then(
    (id) => spawned(room, id, pending),
    (error: unknown) => spawnFailed(room, error, pending),
  )
}

function isWaiting(room: Commander, pending: object): boolean {
  const { overlay } = room.store.get()
  return overlay?.kind === 'spawn' && overlay.pending === pending
}

function spawned(room: Commander, id: SessionId, pending: object): void {
  const now = room.clock.now()
  if (isWaiting(room, pending)) room.store.update((state) => select(setOverlay(state, undefined), id, now))
  const { fleet } = room.store.get()
  const notes = fleet.sessions[id]?.settingsNotes?.length ?? 0
  if (notes === 0) {
    say(room, 'info', `${nameOf(fleet, id)} is ready`)
    return
  }
  const keys = room.keymap.keysOf('session.explain').map(keyName)
  const what = notes === 1 ? 'one of its settings has' : `${notes} of its settings have`
  say(
    room,
    'warning',
    `${nameOf(fleet, id)} is ready, but ${what} no effect: ${keys[0] ?? ':explain'} says which, and why`,
  )
}

function spawnFailed(room: Commander, error: unknown, pending: object): void {
  if (!isWaiting(room, pending)) {
    sayError(room, error)
    return
  }
  const { message, hint } = toControlError(error)
  room.store.update((state) =>
    state.overlay?.kind === 'spawn'
      ? setOverlay(state, { ...state.overlay, pending: undefined, problem: { message, hint } })
      : state,
  )
}

function confirmed(room: Commander, { command, targets }: Extract<OverlayEffect, { kind: 'confirmed' }>): void {
  if (command === 'host.stop') {
    room.exit('stop-host')
    return
  }
  if (command === 'session.interrupt') {
    each(room, targets, { past: 'Interrupted', act: (id) => room.orchestrator.interrupt(id) })
  }
  if (command === 'session.terminate') {
    each(room, targets, { past: 'Ended', act: (id) => room.orchestrator.terminateSession(id) })
  }
}

interface Act {
  readonly past: string
  readonly act: (id: SessionId) => Promise<void>
}

/** Does something to each session; says for how many it worked, and the first reason if it did not for some. */
function each(room: Commander, ids: readonly SessionId[], { past, act }: Act): void {
  const names = new Map(ids.map((id) => [id, nameOf(room.store.get().fleet, id)]))
  const done = Promise.allSettled(ids.map(act)).then((results) => {
    room.store.update(clearMarks)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) return sayError(room, failed.reason)
    const [only] = ids
    say(
      room,
      'info',
      ids.length === 1 && only !== undefined ? `${past} ${names.get(only)}` : `${past} ${ids.length} sessions`,
    )
  })
  attempt(room, done)
}
