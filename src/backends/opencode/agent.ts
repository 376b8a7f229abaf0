import { ControlError, fail } from '../../core/errors.ts'
import type { Agent, AgentPort, DeliveryStage, OpenRequest } from '../backend.ts'
import { answerRequest, withdraw } from './answering.ts'
import { Conversation } from './conversation.ts'
import { type Entered, enter, READY_WORDS } from './enter.ts'
import { hasPrompt } from './given-prompts.ts'
import type { Client } from './http.ts'
import type { Hub } from './hub.ts'
import { readLaunchOptions } from './launch-options.ts'
import { endsMidTurn } from './mid-turn.ts'
import { isScreenReady, screenPlan } from './own-screen.ts'
import { permissionRules } from './permissions.ts'
import { createPromptIds } from './prompt-id.ts'
import { type Prompt, repeatPrompt, sendPrompt } from './prompting.ts'
import { readContextLimit } from './schema.ts'
import { createTranscript, type Transcript } from './transcript.ts'

const ABORT_WITHIN_MS = 3000

interface OpenOptions {
  readonly hub: Hub
  readonly program: () => string
  readonly now: () => number
}

/**
 * Opens a session on the shared server: creates it, or finds it again, and gives a new one its first prompt. Rejects when the server
 * does not start or refuses the prompt; a new session that had no prompt yet stays empty.
 */
export async function openAgent(request: OpenRequest, port: AgentPort, options: OpenOptions): Promise<Agent> {
  const { instructions } = request
  const launch = { ...readLaunchOptions(request.args), ...(instructions === undefined ? {} : { system: instructions }) }
  const permission = permissionRules(request.permissions)
  const client = await options.hub.connect()
  const { session, createdAt, beginning } = await enter(client, request, permission)
  const transcript = createTranscript(port.canvas, session, options.now)
  const conversation = new Conversation({
    session,
    createdAt,
    directory: request.workDir,
    now: options.now,
    emit: port.emit,
    trace: port.trace,
    onModel: (provider, model) => void agent.readLimit(provider, model),
    show: (input) => transcript.apply(input),
  })
  const agent = new OpencodeAgent({ ...options, request, port, session, beginning, conversation, transcript, launch })
  try {
    await agent.begin(client)
    return agent
  } catch (error) {
    agent.leave()
    throw error
  }
}

interface AgentParts extends OpenOptions, Pick<Entered, 'session' | 'beginning'> {
  readonly request: OpenRequest
  readonly port: AgentPort
  readonly conversation: Conversation
  readonly transcript: Transcript
  readonly launch: ReturnType<typeof readLaunchOptions>
}

class OpencodeAgent implements Agent {
  readonly #parts: AgentParts
  readonly #nextIds = createPromptIds()
  readonly ownScreen: NonNullable<Agent['ownScreen']>
  #turn: Promise<void> = Promise.resolve()
  #leave: () => void = () => undefined
  #isClosed = false

  constructor(parts: AgentParts) {
    const { hub, request, session, program } = parts
    this.#parts = parts
    this.ownScreen = {
      plan: () =>
        screenPlan({
          program: program(),
          ...hub.address(),
          session,
          directory: request.workDir,
          // It unpacks 14 MB of libraries into the temporary directory at each start and leaves them there; the host removes
          // what a start has left, and the rest goes with the session.
          env: { ...request.env, TMPDIR: request.directory },
        }),
      isReady: isScreenReady,
    }
  }

  /** Joins the server's events, reads a resumed conversation, sends the first prompt and reports `ready`. */
  async begin(client: Client): Promise<void> {
    const { hub, port, request, session, beginning, conversation } = this.#parts
    this.#leave = hub.join({
      onEvent: (event) => {
        conversation.apply(event)
        if (event.type === 'deleted' && event.session === session) this.#end('the session was deleted in opencode')
      },
      onLost: (why) => conversation.apply({ type: 'lost', why }),
      onFound: (found) => this.#readAgain(found),
    })
    port.scope.add(() => this.leave())
    const hasHistory = beginning === 'resumed' || beginning === 'copied'
    if (hasHistory) await conversation.read(client, { areRepliesNews: request.wasCutOff === true })
    // Before anything is asked of it: a host that comes after a crash must find this conversation, not begin another one.
    port.emit({ type: 'identified', resumeId: session })
    if (port.scope.isClosed) fail('session.not-live', { name: request.agentName, state: 'stopped' })
    if (beginning !== 'resumed' && request.prompt !== undefined) await this.#prompt(request.prompt, () => undefined)
    port.emit({ type: 'ready', why: READY_WORDS[beginning], source: 'server' })
    conversation.speak(true)
  }

  deliver(text: string, report: (stage: DeliveryStage) => void): Promise<void> {
    const delivery = this.#turn.then(async () => {
      const why = this.#parts.port.whyNotType()
      if (why !== undefined) fail('message.unsafe', { name: this.#parts.request.agentName, why })
      await this.#prompt(text, report)
    })
    this.#turn = delivery.catch(() => undefined)
    return delivery
  }

  async answer(...[need, answer]: Parameters<Agent['answer']>): Promise<void> {
    await answerRequest(need, answer, { ...this.#answering(), client: await this.#parts.hub.connect() })
  }

  endsMidTurn(): boolean {
    return endsMidTurn(this.#parts.conversation.state)
  }

  async wasGiven(text: string, since: number): Promise<boolean> {
    const { hub, session, request } = this.#parts
    return hasPrompt(await hub.connect(), { session, directory: request.workDir, text, since })
  }

  async interrupt(): Promise<void> {
    const { hub, session, request, conversation } = this.#parts
    const client = await hub.connect()
    const waiting = conversation.state.requests
    await client.call('POST', `/session/${session}/abort`, { directory: request.workDir })
    await withdraw(waiting, { ...this.#answering(), client })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    const { hub, session, request, conversation, port } = this.#parts
    if (conversation.state.running.size > 0) {
      try {
        const client = await hub.connect()
        const waiting = conversation.state.requests
        await client.call('POST', `/session/${session}/abort`, {
          directory: request.workDir,
          timeoutMs: ABORT_WITHIN_MS,
        })
        await withdraw(waiting, { ...this.#answering(), client })
      } catch (error) {
        // A server that does not answer is not waited for: the session goes anyway.
        port.log('the turn was not stopped', { error: String(error) })
      }
    }
    this.#end('closed')
  }

  /** Asks how much fits into the model's context, for the share that is in use. */
  async readLimit(provider: string, model: string): Promise<void> {
    const { hub, request, conversation, port } = this.#parts
    try {
      const client = await hub.connect()
      const raw = await client.call('GET', '/config/providers', { directory: request.workDir })
      const tokens = readContextLimit(raw, provider, model)
      if (tokens !== undefined && conversation.state.spending.model === model) {
        conversation.apply({ type: 'context-limit', tokens })
      }
    } catch (error) {
      // Without it only the share of the context is missing.
      port.log('the size of the context is not known', { model, error: String(error) })
    }
  }

  /** Hears and draws no more. */
  leave(): void {
    this.#leave()
    this.#parts.conversation.dispose()
    this.#parts.transcript.dispose()
  }

  #end(why: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.leave()
    this.#parts.port.emit({ type: 'exited', exit: { code: 0, signal: undefined }, why })
  }

  #readAgain(client: Client): void {
    const { conversation, port } = this.#parts
    conversation.read(client, { areRepliesNews: true }).catch((error: unknown) => {
      port.log('the session was not found again', { error: String(error) })
      conversation.apply({ type: 'lost', why: 'opencode did not tell the state of this session' })
    })
  }

  async #prompt(text: string, report: (stage: DeliveryStage) => void): Promise<void> {
    const { hub, session, request, conversation, launch, now } = this.#parts
    await conversation.untilSettled()
    const client = await this.#reach(hub)
    const prompt = {
      client,
      session,
      directory: request.workDir,
      agentName: request.agentName,
      text,
      ids: this.#nextIds(now()),
      options: launch,
    }
    await sendPrompt(prompt, conversation, { report, again: () => this.#promptAgain(prompt) })
  }

  #promptAgain(prompt: Prompt): void {
    const { port } = this.#parts
    port.log('a prompt was left lying and is given once more', { message: prompt.ids.message })
    repeatPrompt(prompt).catch((error: unknown) => port.log('it was not taken', { error: String(error) }))
  }

  async #reach(hub: Hub): Promise<Client> {
    try {
      return await hub.connect()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new ControlError('message.unsafe', { name: this.#parts.request.agentName, why })
    }
  }

  #answering() {
    const { request, conversation } = this.#parts
    return { directory: request.workDir, agentName: request.agentName, conversation }
  }
}
