import type { NeedDraft } from '../../core/need.ts'
import type { Source } from '../../core/session.ts'
import type { ActivityState, Observation } from './activity-state.ts'
import { failureNeed } from './failures.ts'
import type { HookEvent, PermissionRequest } from './hooks.ts'
import { isWaiting, type Reading } from './status-file.ts'
import { toolWords } from './tool-words.ts'
import { inBackground, rested, working, workOf } from './work.ts'

/** What is known after one more observation. Pure. */
export function observe(state: ActivityState, seen: Observation): ActivityState {
  return becomeReady(applied({ ...state, outcome: 'answered-elsewhere' }, seen))
}

function applied(state: ActivityState, seen: Observation): ActivityState {
  switch (seen.type) {
    case 'status':
      return withStatus(state, seen.reading)
    case 'hook':
      return withHook(state, seen.event)
    case 'screen':
      return withScreen(state, seen)
    case 'settled':
      return settled(state, seen)
    case 'answered':
      return {
        ...without(state, (request) => request.key === seen.key),
        outcome: 'answered',
        isAnswered: true,
        ...working('thinking', 'hook'),
      }
    case 'dropped':
      return { ...without(state, (request) => request.key === seen.key), outcome: 'withdrawn' }
  }
}

function becomeReady(state: ActivityState): ActivityState {
  if (state.isReady) return state
  const { reading } = state
  const status = reading.kind === 'found' ? reading.status : undefined
  const isAtPrompt = status === 'idle' && state.hasPrompt
  const hasBegun = status === 'busy' || status === 'shell' || state.isWorking || state.requests.length > 0
  if (!isAtPrompt && !hasBegun) return state
  const ready = { ...state, isReady: true, dialog: undefined }
  if (hasBegun || !state.hasFirstPrompt) return ready
  // Idle for a moment only: who waits for "idle" waits for the end of the turn that it is about to begin.
  return { ...ready, isWorking: true, doing: 'taking its first prompt', closing: 'ready for a prompt' }
}

function withStatus(state: ActivityState, reading: Reading): ActivityState {
  // The watcher of the file may tell what a hook has made us read already: an old "idle" would end the turn that has begun since.
  if (JSON.stringify(reading) === JSON.stringify(state.reading)) return state
  const next = { ...state, reading }
  // A dialog that only the file told of is not known any more without it.
  if (reading.kind === 'absent' && state.isReady) return { ...next, dialog: undefined, outcome: 'withdrawn' }
  if (reading.kind !== 'found') return next
  if (reading.status === 'idle' && state.isIdleStale) return { ...next, isIdleStale: false }
  const wasWaiting = isWaiting(state.reading)
  const named = reading.conversation === undefined ? next : { ...next, conversation: reading.conversation }
  if (reading.status === 'waiting') return { ...named, isAnswered: false }
  // Whoever answered in the agent's own screen answered what was shown; what we answered is off the list already.
  const requests = wasWaiting && !state.isAnswered ? [] : named.requests
  const dialog = wasWaiting ? undefined : named.dialog
  const open = {
    ...named,
    requests,
    dialog,
    isAnswered: false,
    isIdleStale: false,
    background: stillRunning(state, reading.status),
  }
  return { ...open, ...workOf(open, reading.status) }
}

/** A prompt that comes in the middle of a turn is queued behind it. */
function woken(state: ActivityState): ActivityState {
  if (state.isWorking && !state.isTurnOver && state.closing === undefined) return state
  const isBehind = state.isTurnOver || state.closing !== undefined
  const isAtRest = state.reading.kind === 'found' && state.reading.status === 'idle'
  return { ...state, ...working('thinking', 'hook'), isIdleStale: isBehind && !isAtRest }
}

/** The program says `shell` as long as one runs: without that word none does, whatever the last hook said. */
function stillRunning(state: ActivityState, status: string | undefined): ActivityState['background'] {
  const wasShell = state.reading.kind === 'found' && state.reading.status === 'shell'
  return wasShell && status === 'idle' ? state.background.filter((task) => !task.isShell) : state.background
}

function withHook(state: ActivityState, event: HookEvent): ActivityState {
  const of = (subagent: string | undefined, words: string) => (subagent === undefined ? words : `subagent: ${words}`)
  switch (event.type) {
    case 'prompted':
      return { ...woken(state), failure: undefined, background: [], outcome: 'withdrawn' }
    case 'tool-started':
      return { ...state, ...working(of(event.subagent, toolWords(event.tool, event.input, state.workDir)), 'hook') }
    case 'tool-ended':
      return {
        ...without(state, (request) => isAbout(request, event)),
        ...working(of(event.subagent, 'thinking'), 'hook'),
      }
    case 'asked': {
      // Each asks one thing at a time: a new request means that the one before it is settled.
      const open = without(state, (request) => request.subagent === event.request.subagent)
      return { ...open, requests: [...open.requests, event.request], dialog: undefined, source: 'hook' }
    }
    case 'stopped':
      return ended({ ...state, background: event.background }, 'finished its turn')
    case 'failed':
      return ended(
        { ...state, failure: failureNeed(`failure-${state.count}`, event), background: [], count: state.count + 1 },
        'its turn failed',
      )
    case 'subagent-stopped':
      return atRest({ ...state, background: event.background, closing: 'finished in the background' })
    case 'compacting':
      return { ...state, ...working('compacting the conversation', 'hook') }
    case 'compacted':
      return atRest({ ...state, doing: 'thinking', closing: 'compacted the conversation' })
    case 'ended':
      return { ...without(state, () => true), isEnded: true, dialog: undefined, outcome: 'withdrawn' }
  }
}

/** The end of a turn. While the status file still says busy it may be that the next queued prompt has begun already. */
function ended(state: ActivityState, closing: string): ActivityState {
  const rest = atRest({ ...without(state, (request) => request.subagent === undefined), closing })
  if (!rest.isWorking || rest.isTurnOver || rest.background.length === 0) return rest
  return { ...rest, ...inBackground(rest), isTurnOver: false }
}

function atRest(state: ActivityState): ActivityState {
  if (state.reading.kind !== 'found') return state
  const { status } = state.reading
  return status === 'idle' || status === 'shell' ? { ...state, ...workOf(state, status) } : state
}

function isAbout(request: PermissionRequest, event: Extract<HookEvent, { type: 'tool-ended' }>): boolean {
  if (request.callId === undefined || event.callId === undefined) return request.subagent === event.subagent
  return request.callId === event.callId
}

function without(state: ActivityState, isGone: (request: PermissionRequest) => boolean): ActivityState {
  return { ...state, requests: state.requests.filter((request) => !isGone(request)) }
}

function withScreen(state: ActivityState, seen: Extract<Observation, { type: 'screen' }>): ActivityState {
  if (state.isReady) return state
  const next = { ...state, hasPrompt: seen.hasPrompt }
  if (seen.dialog === undefined) return seen.hasPrompt ? { ...next, dialog: undefined } : next
  if (state.dialog?.title === seen.dialog.title) return next
  return withDialog(next, { ...seen.dialog, body: seen.body }, 'screen')
}

function settled(state: ActivityState, seen: Extract<Observation, { type: 'settled' }>): ActivityState {
  if (state.reading.kind !== 'found') return state
  const { status, waitingFor } = state.reading
  // Idle, and no status in between has said that it waited: the request was settled before anybody looked.
  if (status === 'idle') return { ...state, requests: [], ...rested(state) }
  if (status !== 'waiting') return { ...state, ...workOf(state, status) }
  if (state.requests.length > 0 || state.dialog !== undefined || seen.isJustAnswered) return state
  const title = seen.dialog?.title ?? waitingFor ?? 'a dialog'
  return withDialog(state, { kind: seen.dialog?.kind ?? 'question', title, body: seen.body }, 'status-file')
}

function withDialog(
  state: ActivityState,
  dialog: Pick<NeedDraft, 'kind' | 'title' | 'body'>,
  dialogSource: Source,
): ActivityState {
  const need: NeedDraft = {
    key: `dialog-${state.count}`,
    kind: dialog.kind,
    title: dialog.title,
    body: dialog.body,
    options: [],
    answers: [],
  }
  return { ...state, count: state.count + 1, dialog: need, dialogSource }
}
