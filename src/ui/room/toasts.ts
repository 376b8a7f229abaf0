import { isFinal } from '../../core/message.ts'
import type { RoomStore } from '../store/room-store.ts'
import type { RoomState, Toast } from '../store/state.ts'
import { setToast } from '../store/transitions/view.ts'
import type { Clock } from './clock.ts'

const SHOWN_MS = { info: 3000, warning: 5000, error: 9000 } as const
/** How long the last stage of a message stays. */
const SETTLED_MS = 3000
/** How long a message is followed at most: one that waits for a busy agent can take hours. */
const FOLLOWED_MS = 20_000

/** Takes each toast away when its time is over. Returns the function that stops it. */
export function expireToasts(store: RoomStore, clock: Clock): () => void {
  let cancel: (() => void) | undefined
  let waitsFor: string | undefined

  function watch(state: RoomState): void {
    const mark = state.toast === undefined ? undefined : markOf(state, state.toast)
    if (mark === waitsFor) return
    waitsFor = mark
    cancel?.()
    cancel = undefined
    const { toast } = state
    if (toast === undefined) return
    cancel = clock.schedule(
      () => {
        cancel = undefined
        store.update((now) => (now.toast === toast ? setToast(now, undefined) : now))
      },
      durationOf(state, toast),
    )
  }

  const unsubscribe = store.subscribe(watch)
  return () => {
    unsubscribe()
    cancel?.()
  }
}

function durationOf(state: RoomState, toast: Toast): number {
  if (toast.kind === 'text') return SHOWN_MS[toast.tone]
  return isSettled(state, toast) ? SETTLED_MS : FOLLOWED_MS
}

function markOf(state: RoomState, toast: Toast): string {
  return toast.kind === 'text' ? `${toast.at} ${toast.text}` : `${toast.ids.join()} ${isSettled(state, toast)}`
}

function isSettled(state: RoomState, toast: Extract<Toast, { kind: 'receipts' }>): boolean {
  return toast.ids.every((id) => {
    const status = state.fleet.deliveries[id]?.receipt.status
    return status !== undefined && isFinal(status)
  })
}
