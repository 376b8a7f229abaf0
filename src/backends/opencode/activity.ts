import type { NeedOutcome } from '../../core/need.ts'
import { shortLine } from '../../core/plain-text.ts'
import type { ActivityInput, ActivityState } from './activity-state.ts'
import { ABORTED, type BusEvent, type MessageInfo, type Part, type Request, type Status } from './bus-event.ts'
import { doingOf } from './doing.ts'
import { CUT_OFF, failureIn, NOT_BEGUN } from './failures.ts'
import { keyOf } from './needs.ts'
import { spend } from './usage.ts'

/** Characters of an error message that are worth a place beside the session. */
const LONGEST_REASON = 120

/** The state after one more input; `now` in milliseconds since the epoch. What is about other conversations changes nothing. */
export function advance(state: ActivityState, input: ActivityInput, now: number): ActivityState {
  switch (input.type) {
    case 'state-read':
      return readState(state, input, now)
    case 'context-limit':
      return { ...state, spending: { ...state.spending, contextLimit: input.tokens } }
    case 'lost':
      return lose(state, input.why)
    case 'answered':
      return answer(state, input.request, input.labels)
    case 'answer-taken':
    case 'request-gone':
      return withoutRequests(state, (request) => request.id === input.request, 'answered-elsewhere')
    case 'prompted':
      return state.running.has(state.root)
        ? state
        : { ...state, prompt: input.message, isPrompted: true, failure: undefined, wasAborted: false }
    case 'unstarted':
      return state.isPrompted ? { ...state, isPrompted: false, failure: NOT_BEGUN } : state
    case 'settled':
      return state.isIdleTold ? becomeIdle({ ...state, isEnding: false }, state.root) : state
    case 'child':
      return owns(state, input.parent) ? { ...state, children: new Set([...state.children, input.session]) } : state
    default:
      return owns(state, input.session) ? applyEvent(state, input, now) : state
  }
}

/** Whether a session is the conversation itself or one of its sub-agents. */
export function owns(state: ActivityState, session: string): boolean {
  return session === state.root || state.children.has(session)
}

function lose(state: ActivityState, why: string): ActivityState {
  const wasAtWork = state.running.has(state.root) || state.isPrompted
  const known = withoutRequests(state, () => true, 'withdrawn')
  return {
    ...known,
    lost: why,
    running: new Set(),
    retry: undefined,
    isEnding: false,
    isPrompted: false,
    failure: wasAtWork ? CUT_OFF : state.failure,
    ended: wasAtWork ? state.last?.id : state.ended,
  }
}

function applyEvent(state: ActivityState, event: BusEvent, now: number): ActivityState {
  switch (event.type) {
    case 'status':
      return changeStatus(state, { session: event.session, status: event.status, now })
    case 'failed':
      return fail(state, event)
    case 'message':
      return takeMessage(state, event.session, event.message)
    case 'part':
      return takePart(state, event.session, event.part)
    case 'delta':
      return takeDelta(state, event)
    case 'asked': {
      const isKnown = state.requests.some((request) => request.id === event.request.id)
      return isKnown ? state : { ...state, requests: [...state.requests, event.request] }
    }
    case 'replied': {
      const outcome = state.outcomes.get(event.request) ?? 'answered-elsewhere'
      return withoutRequests(state, (request) => request.id === event.request, outcome)
    }
    default:
      return state
  }
}

interface StatusChange {
  readonly session: string
  readonly status: Status
  readonly now: number
}

function changeStatus(state: ActivityState, { session, status, now }: StatusChange): ActivityState {
  if (status.type === 'idle') return becomeIdle(state, session)
  const running = new Set([...state.running, session])
  const isIdleTold = session === state.root ? false : state.isIdleTold
  const isNewTurn = session === state.root && !state.running.has(session)
  const base = isNewTurn ? { ...beginTurn(state), running, isIdleTold } : { ...state, running, isIdleTold }
  if (status.type === 'busy') {
    if (base.retry === undefined) return base
    return { ...base, retry: { ...base.retry, why: `trying again (attempt ${base.retry.attempt})` } }
  }
  const seconds = Math.max(0, Math.round((status.nextAt - now) / 1000))
  const message = shortLine(status.message, LONGEST_REASON)
  const { attempt, nextAt } = status
  return { ...base, retry: { attempt, message, nextAt, why: `retrying in ${seconds} s: ${message}` } }
}

function beginTurn(state: ActivityState): ActivityState {
  return {
    ...state,
    turn: state.turn + 1,
    isPrompted: false,
    failure: undefined,
    wasAborted: false,
    doing: 'starting the turn',
  }
}

function becomeIdle(state: ActivityState, session: string): ActivityState {
  const isRoot = session === state.root
  if (isRoot && state.isEnding) return { ...state, isIdleTold: true }
  const running = new Set(isRoot ? [] : [...state.running].filter((each) => each !== session))
  const after = withoutRequests({ ...state, running }, (request) => isRoot || request.session === session, 'withdrawn')
  return isRoot ? { ...after, retry: undefined, doing: '', isIdleTold: true, ended: state.last?.id } : after
}

function fail(state: ActivityState, event: Extract<BusEvent, { type: 'failed' }>): ActivityState {
  if (event.session !== state.root) return state
  const isEnding = state.running.has(state.root) && state.last?.isComplete === false
  const ending = { ...state, isEnding, isPrompted: false, retry: undefined, doing: 'ending the turn' }
  if (event.name === ABORTED) return withoutRequests({ ...ending, wasAborted: true }, () => true, 'withdrawn')
  return { ...ending, failure: failureIn(event) }
}

function takeMessage(state: ActivityState, session: string, message: MessageInfo): ActivityState {
  const spending = spend(state.spending, message, session === state.root)
  if (session !== state.root) return { ...state, spending }
  if (message.role === 'user') return { ...state, spending, prompt: newer(state.prompt, message.id) }
  const hasFailed = message.error !== undefined
  const isAborted = message.error?.name === ABORTED
  const failure = message.error === undefined || isAborted ? undefined : failureIn(message.error)
  const texts = state.last?.id === message.id ? state.last.texts : new Map<string, string>()
  const { id, isComplete } = message
  const isEnding = state.isEnding && !isComplete
  return { ...state, spending, isEnding, last: { id, hasFailed, failure, isAborted, isComplete, texts } }
}

function takePart(state: ActivityState, session: string, part: Part): ActivityState {
  const doing = doingOf(part)
  const isLast = part.kind === 'text' && !part.isHidden && part.message === state.last?.id
  const texts = isLast && state.last ? new Map(state.last.texts).set(part.id, part.text) : undefined
  const last = texts && state.last ? { ...state.last, texts } : state.last
  // A prompt's own text is a part as well: only the agent's work says what it does.
  const isWork = part.kind !== 'text' || part.message === state.last?.id || session !== state.root
  if (doing === undefined || !isWork || !state.running.has(session)) return { ...state, last }
  return { ...state, last, retry: undefined, doing: session === state.root ? doing : `sub-agent: ${doing}` }
}

function takeDelta(state: ActivityState, event: Extract<BusEvent, { type: 'delta' }>): ActivityState {
  if (event.session !== state.root || event.message !== state.last?.id) return state
  const before = state.last.texts.get(event.part)
  // Deltas of thoughts look the same; only a text is announced as a text part first.
  if (before === undefined) return state.retry === undefined ? state : { ...state, retry: undefined }
  const texts = new Map(state.last.texts).set(event.part, before + event.text)
  return { ...state, last: { ...state.last, texts }, retry: undefined, doing: 'streaming' }
}

function answer(state: ActivityState, id: string, labels: readonly string[] | undefined): ActivityState {
  const request = state.requests.find((each) => each.id === id)
  if (request === undefined) return state
  const chosen = state.chosen.get(id) ?? []
  const outcomes = new Map(state.outcomes).set(keyOf(request, chosen.length), 'answered').set(id, 'answered')
  if (labels === undefined) return { ...state, outcomes }
  return { ...state, outcomes, chosen: new Map(state.chosen).set(id, [...chosen, labels]) }
}

function withoutRequests(
  state: ActivityState,
  isGone: (request: Request) => boolean,
  outcome: NeedOutcome,
): ActivityState {
  const gone = state.requests.filter(isGone)
  if (gone.length === 0) return state
  const [outcomes, chosen] = [new Map(state.outcomes), new Map(state.chosen)]
  for (const request of gone) {
    const key = keyOf(request, chosen.get(request.id)?.length ?? 0)
    if (outcomes.get(key) === undefined) outcomes.set(key, outcome)
    chosen.delete(request.id)
  }
  return { ...state, outcomes, chosen, requests: state.requests.filter((request) => !isGone(request)) }
}

function readState(
  state: ActivityState,
  input: Extract<ActivityInput, { type: 'state-read' }>,
  now: number,
): ActivityState {
  const children = new Set([...state.children, ...input.children])
  const mine = (session: string) => session === state.root || children.has(session)
  const isRunning = (session: string) =>
    input.statuses[session] !== undefined && input.statuses[session]?.type !== 'idle'
  // An aborted turn may leave its request behind in the server's list: only a session at work waits for an answer.
  const requests = input.requests.filter((request) => mine(request.session) && isRunning(request.session))
  const still = new Set(requests.map((request) => request.id))
  const known: ActivityState = { ...state, children, lost: undefined, isEnding: false }
  const kept = withoutRequests(known, (request) => !still.has(request.id), 'answered-elsewhere')
  const before = new Set(kept.requests.map((request) => request.id))
  const all = { ...kept, requests: [...kept.requests, ...requests.filter((request) => !before.has(request.id))] }
  const sessions = [...children, state.root]
  const read = sessions.reduce<ActivityState>(
    (next, each) => changeStatus(next, { session: each, status: input.statuses[each] ?? { type: 'idle' }, now }),
    all,
  )
  return input.isNews ? endUnheard({ ...read, ended: state.ended }) : read
}

/** A turn that began, or ended, while nobody listened: its answer tells how it ended. */
function endUnheard(state: ActivityState): ActivityState {
  const { last, prompt, running, root, ended } = state
  const isAnswered = last !== undefined && last.id === newer(prompt, last.id)
  if (running.has(root) || !isAnswered || last.id === ended) return state
  const { id, isAborted, isComplete } = last
  // One that breaks off was cut off with its server.
  const failure = last.failure ?? (isComplete ? undefined : state.failure)
  return { ...state, turn: state.turn + 1, isPrompted: false, failure, wasAborted: isAborted, ended: id }
}

/** The newer of two messages: ids grow. */
function newer(one: string | undefined, other: string): string {
  return one !== undefined && one > other ? one : other
}
