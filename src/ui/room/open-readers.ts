import type { Need } from '../../core/need.ts'
import { replyKindOf } from '../../core/reply.ts'
import type { Session } from '../../core/session.ts'
import { openChoose } from '../overlays/choose.ts'
import { openCompose } from '../overlays/compose.ts'
import type { EventsPage } from '../overlays/events.ts'
import type { Overlay } from '../overlays/overlay.ts'
import { type Asked, openReply } from '../overlays/reply.ts'
import { selectedIn } from '../store/select.ts'
import { setOverlay } from '../store/transitions/view.ts'
import { attempt, type Commander } from './commander.ts'

/** How many of its last facts are shown of a session. */
const EVENTS_SHOWN = 300

/** Opens what a reply in words is to the selected session: its form, an answer, the reason of a denial, or a message. */
export function openReplyTo(room: Commander): void {
  const session = selectedIn(room.store.get())
  if (session === undefined) return
  const overlay = replyOverlay(session)
  if (overlay !== undefined) room.store.update((state) => setOverlay(state, overlay))
}

/** Opens the form in which the questions of a need are answered together; `key` is the option that was pressed. */
export function openQuestions(room: Commander, session: Session, key: string): void {
  const { need } = session
  if (need?.questions === undefined) return
  const form = openChoose(askedBy(session, need), need.questions, key)
  room.store.update((state) => setOverlay(state, form))
}

/** Opens the whole of what the selected session asks, or of its last reply, which is read then. */
export function openReader(room: Commander): void {
  const session = selectedIn(room.store.get())
  if (session === undefined) return
  const { id, need, lastReply, unread } = session
  const text = need === undefined ? (lastReply ?? '') : needText(need)
  const title = need === undefined ? `Reply of ${nameOf(session)}` : `${nameOf(session)}: ${need.kind}`
  const asked = need === undefined ? {} : { asked: { id, need } }
  room.store.update((state) => setOverlay(state, { kind: 'reader', title, text, ...asked, canReply: true, scroll: 0 }))
  if (need === undefined && unread) attempt(room, room.orchestrator.markRead(id))
}

/** Opens why the selected session is what it is, or all that happened to it. */
export function openEvents(room: Commander, page: EventsPage): void {
  const session = selectedIn(room.store.get())
  if (session === undefined) return
  const { orchestrator, store } = room
  const loaded = Promise.all([orchestrator.explain(session.id), orchestrator.history(session.id, EVENTS_SHOWN)])
  const opened = loaded.then(([explanation, history]) => {
    const overlay = {
      kind: 'events',
      id: session.id,
      name: nameOf(session),
      page,
      explanation,
      history,
      scroll: 0,
    } as const
    store.update((state) => (state.overlay === undefined ? setOverlay(state, overlay) : state))
  })
  attempt(room, opened)
}

function replyOverlay(session: Session): Overlay | undefined {
  const { need } = session
  const kind = replyKindOf(session)
  if (kind === 'message') return openCompose('nudge', [{ id: session.id, name: nameOf(session) }])
  if (need === undefined || kind === undefined) return undefined
  if (kind === 'questions') return openChoose(askedBy(session, need), need.questions ?? [])
  return openReply(askedBy(session, need), kind)
}

function askedBy(session: Session, need: Need): Asked {
  return { id: session.id, needId: need.id, name: nameOf(session), question: needText(need) }
}

function needText(need: Need): string {
  const options = need.options.map(
    ({ key, label, detail }) => `${key}  ${label}${detail === undefined ? '' : `\n   ${detail}`}`,
  )
  const always = need.always === undefined ? [] : [`always: ${need.always}`]
  return [need.title, '', need.body, ...(options.length === 0 ? [] : ['', ...options]), ...always].join('\n').trim()
}

function nameOf({ rig, agentName }: Session): string {
  return `${rig}/${agentName}`
}
