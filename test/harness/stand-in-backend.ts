import type { Agent, AgentPort, Backend, OpenRequest } from '../../src/backends/backend.ts'
import { fail } from '../../src/core/errors.ts'
import type { SessionId } from '../../src/core/ids.ts'
import type { Answer, Need, NeedDraft } from '../../src/core/need.ts'
import type { RawDraft } from '../../src/core/raw-signal.ts'
import type { Signal } from '../../src/core/signals.ts'
import { aNeed } from './sessions.ts'

/** An agent that says what a test makes it say, and remembers what was done to it. */
export interface StandInAgent {
  readonly request: OpenRequest
  /** Says something, after it was heard as `raw`. */
  readonly say: (signal: Signal, raw?: RawDraft) => void
  /** Is heard without saying anything. */
  readonly hear: (raw: RawDraft) => void
  /** Draws on its transcript, if it has one. */
  readonly draw: (text: string) => void
  /** What was answered to it, in order, taken or not. */
  readonly answers: readonly { readonly key: string; readonly answer: Answer }[]
  /** What was typed into it. */
  readonly texts: readonly string[]
  /** How often its turn was interrupted. */
  readonly interrupts: () => number
  /** How the next deliveries fail; undefined = they do not. */
  readonly failDeliveries: (code: 'message.unsafe' | 'message.unconfirmed' | undefined) => void
  /** What its conversation has, given at this moment or later: what it took, unless a test says otherwise. */
  wasGiven: (text: string, since: number) => boolean
  /** How it takes the next texts, once they stand in its prompt; at once unless a test says otherwise. */
  takeText: (text: string) => Promise<void>
  /** How it takes the next answers; at once unless a test says otherwise. */
  takeAnswer: (need: Need, answer: Answer) => Promise<void>
}

/** What was given to the conversation of each session, whatever program it was in. */
export type Conversations = Map<SessionId, { readonly text: string; readonly at: number }[]>

/** A backend without processes, for speed and for faults that a real agent has once in a year. */
export interface StandIn {
  readonly backend: Backend
  /** The agent that was started last. */
  readonly agent: () => StandInAgent
  /** All that were started, in their order. */
  readonly agents: readonly StandInAgent[]
  readonly conversations: Conversations
  /** Prepares each agent before it says anything. */
  onOpen: (agent: StandInAgent) => void
}

/** A backend called `stand-in` whose agents report signals and take every answer. */
export function createStandIn(
  surface: Backend['capabilities']['surface'] = 'pty',
  conversations: Conversations = new Map(),
): StandIn {
  const agents: StandInAgent[] = []
  const standInBackend: StandIn = {
    agents,
    conversations,
    onOpen: () => undefined,
    agent: () => agents.at(-1) ?? fail('internal', { detail: 'no agent was started' }),
    backend: {
      name: 'stand-in',
      capabilities: {
        surface,
        hasSignals: true,
        confirmsPrompts: true,
        canResume: true,
        canInterrupt: true,
        canFork: true,
        hasOwnEnvironment: true,
        takesFirstPrompt: false,
        answers: ['allow', 'always', 'deny', 'option', 'options', 'text'],
      },
      defaults: { limit: 50, readyDeadlineMs: 5_000 },
      health: async () => ({ status: 'ready', detail: 'Says what a test makes it say.' }),
      async open(request, port) {
        const [standIn, agent] = createStandInAgent(request, port, conversations)
        agents.push(standIn)
        standInBackend.onOpen(standIn)
        standIn.say({ type: 'ready', why: 'its prompt is there', source: 'status-file' }, STATUS_FILE)
        return agent
      },
      shutdown: async () => undefined,
    },
  }
  return standInBackend
}

const STATUS_FILE: RawDraft = { source: 'status-file', what: 'status file', detail: 'status=idle' }

function createStandInAgent(
  request: OpenRequest,
  port: AgentPort,
  conversations: Conversations,
): [StandInAgent, Agent] {
  const conversation = conversations.get(request.id) ?? []
  conversations.set(request.id, conversation)
  const answers: { readonly key: string; readonly answer: Answer }[] = []
  const texts: string[] = []
  let failure: 'message.unsafe' | 'message.unconfirmed' | undefined
  let interrupts = 0
  const standIn: StandInAgent = {
    request,
    answers,
    texts,
    say(signal, raw) {
      if (raw !== undefined) port.trace(raw)
      port.emit(signal)
    },
    hear: (raw) => port.trace(raw),
    draw: (text) => port.canvas.write(text),
    wasGiven: (text, since) => conversation.some((given) => given.text === text && given.at >= since),
    takeText: async () => undefined,
    takeAnswer: async () => undefined,
    interrupts: () => interrupts,
    failDeliveries(code) {
      failure = code
    },
  }
  const agent: Agent = {
    async deliver(text, report) {
      const why = port.whyNotType()
      if (why !== undefined) fail('message.unsafe', { name: request.agentName, why })
      if (failure !== undefined) fail(failure, { name: request.agentName, why: 'a test wants it so' })
      texts.push(text)
      report('injected')
      await standIn.takeText(text)
      conversation.push({ text, at: Date.now() })
      report('submitted')
      report('seen')
    },
    async answer(need, answer) {
      answers.push({ key: need.key, answer })
      await standIn.takeAnswer(need, answer)
    },
    async interrupt() {
      interrupts += 1
    },
    wasGiven: async (text, since) => standIn.wasGiven(text, since),
    close: async () => undefined,
  }
  return [standIn, agent]
}

/** A need as a backend reports it. */
export function aDraft(change: Partial<NeedDraft> = {}): NeedDraft {
  const { id: _, raisedAt: __, ...draft } = aNeed(change)
  return draft
}

/** Signals that a real agent sends as well, in short. */
export const SAY = {
  working: (why = 'running npm test'): Signal => ({ type: 'activity', activity: 'working', why, source: 'hook' }),
  idle: (why = 'finished its turn'): Signal => ({ type: 'activity', activity: 'idle', why, source: 'status-file' }),
  asks: (change: Partial<NeedDraft> = {}): Signal => ({ type: 'need', need: aDraft(change), source: 'hook' }),
  asksNoMore: (key: string): Signal => ({ type: 'need-gone', key, outcome: 'answered-elsewhere' }),
  replied: (text: string): Signal => ({ type: 'replied', text }),
} as const
