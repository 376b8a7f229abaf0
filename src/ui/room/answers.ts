import type { NeedId, SessionId } from '../../core/ids.ts'
import type { Answer } from '../../core/need.ts'
import { nameOf, selectedIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { advanceFrom } from '../store/transitions/selection.ts'
import { attempt, type Commander, say } from './commander.ts'
import { openQuestions } from './open-readers.ts'

/** A question must have been on the screen this long before a key answers it… */
const NOTICE_MS = 300
/** …if the operator was pressing keys up to this long before it appeared. */
const BUSY_MS = 1000

/** An answer to one need of one session. */
export interface GivenAnswer {
  readonly id: SessionId
  readonly needId: NeedId
  readonly answer: Answer
}

/** Gives an answer, and goes on to the next need when it was taken. Rejects when it was not. */
export async function giveAnswer(room: Commander, { id, needId, answer }: GivenAnswer): Promise<void> {
  await room.orchestrator.answer(id, needId, answer)
  say(room, 'info', `${wordOf(answer)}: ${nameOf(room.store.get().fleet, id)}`)
  room.store.update((now) => advanceFrom(now, id, room.clock.now()))
}

/** Answers the question of the selected session. */
export function answerSelected(room: Commander, answer: Answer): void {
  const session = selectedIn(room.store.get())
  const need = session?.need
  if (session === undefined || need === undefined || isHeldBack(room)) return
  attempt(room, giveAnswer(room, { id: session.id, needId: need.id, answer }))
}

/** Chooses an option of the shown question by its digit; several questions, or several options, open their form. */
export function chooseOption(room: Commander, digit: string): void {
  const session = selectedIn(room.store.get())
  const need = session?.need
  if (session === undefined || need === undefined) return
  if (need.questions !== undefined && need.answers.includes('options')) {
    if (!isHeldBack(room)) openQuestions(room, session, digit)
    return
  }
  const option = need.options.find((each) => each.key === digit)
  if (option === undefined) {
    const keys = need.options.map((each) => each.key).join(' ')
    say(room, 'warning', `There is no option ${digit}${keys === '' ? '' : `; there are ${keys}`}`)
    return
  }
  answerSelected(room, { kind: 'option', key: digit })
}

/** Whether the question came up so shortly ago that the key may have been meant for another; says so. */
export function isHeldBack(room: Commander): boolean {
  if (!isTooSoon(room.store.get(), room)) return false
  say(room, 'warning', 'That question has only just appeared: read it and press the key again')
  return true
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
