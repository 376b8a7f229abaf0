import type { NeedDraft, NeedOutcome } from '../../core/need.ts'
import type { Source } from '../../core/session.ts'
import { failureNeed } from './failures.ts'
import type { BackgroundTask, HookEvent, PermissionRequest } from './hooks.ts'
import type { ScreenRule } from './screen-rules.ts'
import type { Reading } from './status-file.ts'
import { toolWords } from './tool-words.ts'

/** Everything that can change what is known about one agent. */
export type Observation =
  | { readonly type: 'status'; readonly reading: Reading }
  | { readonly type: 'hook'; readonly event: HookEvent }
  /** Whether the prompt is on the screen, and the dialog that stands there instead. Only before the agent is ready. */
  | {
      readonly type: 'screen'
      readonly hasPrompt: boolean
      readonly dialog: ScreenRule | undefined
      readonly body: string
    }
  /** Nothing has happened for a moment: from here on the status file alone is right. */
  | {
      readonly type: 'settled'
      readonly body: string
      readonly dialog: ScreenRule | undefined
      /** A dialog was answered from outside lately: the one that stands there may be the same. */
      readonly isJustAnswered: boolean
    }
  | { readonly type: 'answered'; readonly key: string }
  /** The agent no longer waits for the reply to this request. */
  | { readonly type: 'dropped'; readonly key: string }

/** What is known about one agent. */
export interface ActivityState {
  readonly workDir: string
  /** It was started with a prompt, which it takes as soon as it is ready. */
  readonly hasFirstPrompt: boolean
  readonly isReady: boolean
  readonly isEnded: boolean
  readonly reading: Reading
  readonly hasPrompt: boolean
  readonly isWorking: boolean
  /** It works, but only behind a turn that has ended. */
  readonly isTurnOver: boolean
  /** What it does while it works, or how it came to rest. */
  readonly doing: string
  /** How the turn was closed by a hook; undefined while it is open. */
  readonly closing: string | undefined
  /** An answer from outside explains why the status is about to leave `waiting`. */
  readonly isAnswered: boolean
  readonly source: Source
  /** What goes on behind a turn that has ended. */
  readonly background: readonly BackgroundTask[]
  /** Held requests, oldest first; the first one is shown. */
  readonly requests: readonly PermissionRequest[]
  /** A dialog that no hook told of. */
  readonly dialog: NeedDraft | undefined
  readonly dialogSource: Source
  /** How the last turn failed; kept until the next prompt. */
  readonly failure: NeedDraft | undefined
  readonly conversation: string
  /** How the need that has just gone was settled. */
  readonly outcome: NeedOutcome
  /** Names dialogs and failures. */
  readonly count: number
}

/** What is known before the program has said anything. */
export function startState(conversation: string, workDir: string, hasFirstPrompt: boolean): ActivityState {
  return {
    workDir,
    hasFirstPrompt,
    isReady: false,
    isEnded: false,
    reading: { kind: 'absent' },
    hasPrompt: false,
    isWorking: false,
    isTurnOver: false,
    doing: 'ready for a prompt',
    closing: undefined,
    isAnswered: false,
    source: 'status-file',
    background: [],
    requests: [],
    dialog: undefined,
    dialogSource: 'status-file',
    failure: undefined,
    conversation,
    outcome: 'answered-elsewhere',
    count: 0,
  }
}

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
  const next = { ...state, reading }
  // A dialog that only the file told of is not known any more without it.
  if (reading.kind === 'absent' && state.isReady) return { ...next, dialog: undefined, outcome: 'withdrawn' }
  if (reading.kind !== 'found') return next
  const wasWaiting = state.reading.kind === 'found' && state.reading.status === 'waiting'
  const named = reading.conversation === undefined ? next : { ...next, conversation: reading.conversation }
  if (reading.status === 'waiting') return { ...named, isAnswered: false }
  // Whoever answered in the agent's own screen answered what was shown; what we answered is off the list already.
  const requests = wasWaiting && !state.isAnswered ? [] : named.requests
  const dialog = wasWaiting ? undefined : named.dialog
  const open = { ...named, requests, dialog, isAnswered: false, background: stillRunning(state, reading.status) }
  return { ...open, ...workOf(open, reading.status) }
}

/** The program says `shell` as long as one runs: without that word none does, whatever the last hook said. */
function stillRunning(state: ActivityState, status: string | undefined): ActivityState['background'] {
  const wasShell = state.reading.kind === 'found' && state.reading.status === 'shell'
  return wasShell && status === 'idle' ? state.background.filter((task) => !task.isShell) : state.background
}

type Work = Partial<Pick<ActivityState, 'isWorking' | 'isTurnOver' | 'doing' | 'closing' | 'source'>>

/** What a status says about work, keeping a better reason of the hooks for the same thing. */
function workOf(state: ActivityState, status: string | undefined): Work {
  switch (status) {
    case 'busy':
      return state.isWorking && !state.isTurnOver ? {} : working('thinking', 'status-file')
    case 'shell':
      if (state.background.length > 0) return inBackground(state)
      return { ...working('a background shell runs', 'status-file'), isTurnOver: true }
    case 'idle':
      return rested(state)
    default:
      return {}
  }
}

function working(doing: string, source: Source): Work {
  return { isWorking: true, isTurnOver: false, doing, closing: undefined, source }
}

function inBackground(state: ActivityState): Work {
  const names = state.background.map((task) => task.words).join(', ')
  return { isWorking: true, isTurnOver: true, doing: `in the background: ${names}`, source: 'hook' }
}

function rested(state: ActivityState): Work {
  if (state.background.length > 0) return inBackground(state)
  // A turn that no Stop hook has closed was interrupted: that fires no hook at all.
  const doing = state.isWorking ? (state.closing ?? 'turn interrupted') : state.doing
  return { isWorking: false, isTurnOver: false, doing, source: 'status-file' }
}

function withHook(state: ActivityState, event: HookEvent): ActivityState {
  const of = (subagent: string | undefined, words: string) => (subagent === undefined ? words : `subagent: ${words}`)
  switch (event.type) {
    case 'prompted':
      return { ...state, failure: undefined, background: [], outcome: 'withdrawn', ...working('thinking', 'hook') }
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
  return atRest({ ...without(state, (request) => request.subagent === undefined), closing })
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
