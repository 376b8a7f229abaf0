import type { RawDraft } from '../../core/raw-signal.ts'
import type { Signal } from '../../core/signals.ts'
import { advance, owns } from './activity.ts'
import { type ActivityInput, type ActivityState, initialActivity } from './activity-state.ts'
import { announce, NOTHING_SAID, withoutNews } from './announce.ts'
import type { BusEvent, Status } from './bus-event.ts'
import type { Client } from './http.ts'
import { inputRaw } from './raw.ts'
import { readHistory, readRequests, readSessionIds, readStatuses } from './schema.ts'
import { createUnanswered } from './unanswered.ts'
import { NOTHING_SPENT } from './usage.ts'

/** Messages that are read again after a gap or when a conversation is resumed. */
const HISTORY_MESSAGES = 120
/** Events that arrive while the state is read may be newer than it: then it is read again, so often at most. */
const READ_ATTEMPTS = 4
/** How long the second "idle" of a turn that failed or was stopped may take. */
const ENDS_WITHIN_MS = 3000

interface ConversationOptions {
  readonly session: string
  /** Milliseconds since the epoch: what was said before was copied from another conversation. */
  readonly createdAt: number
  readonly directory: string
  readonly now: () => number
  readonly emit: (signal: Signal) => void
  /** Gets what was heard, before what is concluded from it. */
  readonly trace: (raw: RawDraft) => void
  /** The agent answers with this model from now on. */
  readonly onModel: (provider: string, model: string) => void
  /** Takes everything that happened in this conversation, for the picture. */
  readonly show: (input: ActivityInput) => void
}

/** What the server knows of a conversation at one moment. */
type Read = Omit<Extract<ActivityInput, { type: 'state-read' }>, 'isNews'>

/** Follows one session of the server: keeps its state and tells the host what changed. */
export class Conversation {
  readonly #options: ConversationOptions
  readonly #awaited = new Map<string, () => void>()
  #state: ActivityState
  #said = NOTHING_SAID
  #isQuiet = true
  #stateEvents = 0
  #ending: NodeJS.Timeout | undefined
  readonly #unanswered = createUnanswered()
  readonly #settled = new Set<() => void>()

  constructor(options: ConversationOptions) {
    this.#options = options
    const spending = { ...NOTHING_SPENT, since: options.createdAt }
    this.#state = { ...initialActivity(options.session), spending }
  }

  get state(): ActivityState {
    return this.#state
  }

  /** Takes one more input; those about other conversations are ignored. */
  apply(input: ActivityInput): void {
    if (this.#isForeign(input)) return
    const before = this.#state
    const { model } = before.spending
    this.#state = advance(before, input, this.#options.now())
    const raw = this.#isQuiet ? undefined : inputRaw(input, before, this.#state)
    if (raw !== undefined) this.#options.trace(raw)
    const now = this.#state.spending
    if (now.model !== undefined && now.model !== model) this.#options.onModel(now.provider ?? '', now.model)
    if (input.type === 'status' || input.type === 'asked' || input.type === 'replied') this.#stateEvents += 1
    if (input.type === 'message') this.#awaited.get(input.message.id)?.()
    this.#options.show(input)
    this.#unanswered.after(input, this.#state)
    this.#watchEnd()
    this.#announce()
  }

  /** Resolves at once, or when a turn that is about to end has ended: what is given to the server before is not answered. */
  untilSettled(): Promise<void> {
    if (!this.#isEnding()) return Promise.resolve()
    return new Promise((resolve) => this.#settled.add(resolve))
  }

  /** Whether the agent already answers the prompt with this id: ids grow. */
  isAnswering(message: string): boolean {
    const { last } = this.#state
    return last !== undefined && last.id > message
  }

  /** The server took a prompt; `again` is called when it then does nothing. */
  expectAnswer(message: string, again: () => void): void {
    this.apply({ type: 'prompted', message })
    this.#unanswered.watch(message, { again, giveUp: () => this.apply({ type: 'unstarted' }) })
  }

  /** Forgets what it waits for. */
  dispose(): void {
    clearTimeout(this.#ending)
    this.#unanswered.dispose()
    this.#settle()
  }

  /** From now on the host is told; `isIdleKnown` when it was just told that the session is ready. */
  speak(isIdleKnown: boolean): void {
    this.#isQuiet = false
    if (isIdleKnown) this.#said = { ...this.#said, activity: 'idle', why: 'ready for a prompt' }
    this.#announce()
  }

  /** Resolves when the server told of the message with this id, or when the signal aborts. */
  untilTold(message: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        this.#awaited.delete(message)
        signal.removeEventListener('abort', settle)
        resolve()
      }
      this.#awaited.set(message, settle)
      signal.addEventListener('abort', settle)
    })
  }

  /** Asks the server for the whole truth. With `areRepliesNews` false, what was said before is not reported as a reply, nor how it ended. */
  async read(client: Client, { areRepliesNews }: { readonly areRepliesNews: boolean }): Promise<void> {
    const history = await this.#readHistory(client)
    for (const event of history) this.apply(event)
    if (!areRepliesNews) this.#said = withoutNews(this.#said, this.#state)
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const before = this.#stateEvents
      const input = await this.#readState(client)
      if (this.#stateEvents !== before && attempt < READ_ATTEMPTS) continue
      return this.apply({ ...input, isNews: areRepliesNews })
    }
  }

  async #readHistory(client: Client): Promise<readonly BusEvent[]> {
    const { session, directory } = this.#options
    const path = `/session/${session}/message?limit=${HISTORY_MESSAGES}`
    return readHistory(session, await client.call('GET', path, { directory }))
  }

  async #readState(client: Client): Promise<Read> {
    const { session, directory } = this.#options
    const [statuses, permissions, questions, children] = await Promise.all([
      client.call('GET', '/session/status', { directory }),
      client.call('GET', '/permission', { directory }),
      client.call('GET', '/question', { directory }),
      client.call('GET', `/session/${session}/children`, { directory }),
    ])
    const known: Readonly<Record<string, Status>> = readStatuses(statuses)
    const requests = [...readRequests('permission', permissions), ...readRequests('question', questions)]
    return this.#relevant(known, requests, readSessionIds(children))
  }

  /** The server tells of a whole directory: only what is about this conversation is kept. */
  #relevant(statuses: Readonly<Record<string, Status>>, requests: Read['requests'], listed: readonly string[]): Read {
    const family = new Set([this.#state.root, ...this.#state.children, ...listed])
    const mine = requests.filter((request) => {
      const status = statuses[request.session]
      // A stopped turn may leave its request in the server's list: only a session at work waits for an answer.
      return family.has(request.session) && status !== undefined && status.type !== 'idle'
    })
    return { type: 'state-read', statuses, requests: mine, children: listed }
  }

  #isForeign(input: ActivityInput): boolean {
    if (input.type === 'child') return !owns(this.#state, input.parent)
    return 'session' in input && !owns(this.#state, input.session)
  }

  #isEnding(): boolean {
    const { isEnding, isIdleTold, running, root } = this.#state
    return isEnding || (isIdleTold && running.has(root))
  }

  #watchEnd(): void {
    if (this.#isEnding()) {
      this.#ending ??= setTimeout(() => this.apply({ type: 'settled' }), ENDS_WITHIN_MS)
      return
    }
    clearTimeout(this.#ending)
    this.#ending = undefined
    this.#settle()
  }

  #settle(): void {
    for (const resolve of this.#settled) resolve()
    this.#settled.clear()
  }

  #announce(): void {
    if (this.#isQuiet) return
    const { said, signals } = announce(this.#said, this.#state)
    this.#said = said
    for (const signal of signals) this.#options.emit(signal)
  }
}
