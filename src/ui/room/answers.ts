import type { Answer } from '../../core/need.ts'
import { nameOf, selectedIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { advanceFrom } from '../store/transitions/selection.ts'
import { attempt, type Commander, say } from './commander.ts'

/** A question must have been on the screen this long before a key answers it… */
const NOTICE_MS = 300
/** …if the operator was pressing keys up to this long before it appeared. */
const BUSY_MS = 1000

/** Answers the question of the selected session, and goes on to the next one when it was taken. */
export function answerSelected(room: Commander, answer: Answer): void {
  const state = room.store.get()
  const session = selectedIn(state)
  const need = session?.need
  if (session === undefined || need === undefined) return
  if (isTooSoon(state, room)) {
    say(room, 'warning', 'That question has only just appeared: read it and press the key again')
    return
  }
  const done = room.orchestrator.answer(session.id, need.id, answer).then(() => {
    say(room, 'info', `${wordOf(answer)}: ${nameOf(room.store.get().fleet, session.id)}`)
    room.store.update((now) => advanceFrom(now, session.id, room.clock.now()))
  })
  attempt(room, done)
}

/** Chooses an option of the shown question by its digit. */
export function chooseOption(room: Commander, digit: string): void {
  const need = selectedIn(room.store.get())?.need
  if (need === undefined) return
  const option = need.options.find((each) => each.key === digit)
  if (option === undefined) {
    const keys = need.options.map((each) => each.key).join(' ')
    say(room, 'warning', `There is no option ${digit}${keys === '' ? '' : `; there are ${keys}`}`)
    return
  }
  answerSelected(room, { kind: 'option', key: digit })
}

/** A key meant for the question before must not answer the one that has just taken its place. */
function isTooSoon({ shownNeed }: RoomState, room: Commander): boolean {
  if (shownNeed === undefined) return false
  const wasBusy = room.lastKeyUntil(shownNeed.at) > shownNeed.at - BUSY_MS
  return wasBusy && room.clock.now() - shownNeed.at < NOTICE_MS
}

function wordOf(answer: Answer): string {
  if (answer.kind === 'allow') return 'Allowed'
  if (answer.kind === 'always') return 'Always allowed'
  if (answer.kind === 'deny') return 'Denied'
  return answer.kind === 'option' ? `Chose ${answer.key}` : 'Answered'
}
