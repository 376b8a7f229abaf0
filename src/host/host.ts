import { mkdirSync } from 'node:fs'
import type { Backend } from '../backends/backend.ts'
import { fail } from '../core/errors.ts'
import type { Explanation } from '../core/explain.ts'
import type { Envelope } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import type { MessageId, SessionId } from '../core/ids.ts'
import type { OutgoingMessage, Receipt } from '../core/message.ts'
import type {
  FactUpdate,
  HostHealth,
  Orchestrator,
  ScreenRequest,
  ScreenText,
  SessionFilter,
} from '../core/orchestrator.ts'
import { isLive, type Session, type Size, type SpawnRequest } from '../core/session.ts'
import { type WorkUnit, workPrompt } from '../core/work.ts'
import { createAnswers } from './answers.ts'
import { type Attention, createAttention } from './attention.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import type { FactLog } from './fact-log.ts'
import type { HookServer } from './hook-server.ts'
import { hostHealth } from './host-health.ts'
import type { HostService } from './host-service.ts'
import type { LiveSession } from './live-session.ts'
import { LiveSessions, type LiveSessionsOptions } from './live-sessions.ts'
import type { Log } from './log.ts'
import { createMessages, type Messages } from './messages.ts'
import { screenText } from './screen-text.ts'
import { createSpawner, type Spawner } from './spawner.ts'
import type { Screen } from './terminal/screen.ts'

export interface HostOptions extends Pick<LiveSessionsOptions, 'clock' | 'stall'> {
  readonly hostName: string
  readonly version: string
  readonly socket: string
  readonly sessionsDir: string
  readonly facts: FactLog
  readonly hooks: HookServer
  readonly backends: readonly Backend[]
  readonly env: Readonly<Record<string, string>>
  readonly log: Log
  readonly now: () => number
  readonly newId: () => string
  readonly newResumeId: () => string
}

/** The host of one machine: owns every session, and is the orchestrator that all clients talk to. */
export class Host implements HostService {
  readonly name = 'host'
  readonly hostName: string
  readonly answer: Orchestrator['answer']
  readonly markRead: Orchestrator['markRead']
  readonly markUnread: Orchestrator['markUnread']
  readonly snooze: Orchestrator['snooze']
  readonly setFavourite: Orchestrator['setFavourite']
  readonly setUrgent: Orchestrator['setUrgent']
  readonly #options: HostOptions
  readonly #backends: Readonly<Record<string, Backend>>
  readonly #live: LiveSessions
  readonly #deliveries: Deliveries
  readonly #messages: Messages
  readonly #spawner: Spawner
  readonly #attention: Attention
  readonly #startedAt: number
  #isStopping = false
  #stopped: Promise<void> | undefined

  constructor(options: HostOptions) {
    this.#options = options
    this.hostName = options.hostName
    this.#startedAt = options.now()
    this.#backends = Object.fromEntries(options.backends.map((backend) => [backend.name, backend]))
    mkdirSync(options.sessionsDir, { recursive: true, mode: 0o700 })
    const { facts } = options
    this.#live = new LiveSessions({
      ...options,
      backends: this.#backends,
      isStopping: () => this.#isStopping,
      onDraft: (id) => this.#deliveries.pump(id),
      onEnded: (id, why) => this.#deliveries.abandon(id, why),
    })
    this.#deliveries = createDeliveries({ facts, now: options.now, log: options.log, live: (id) => this.#live.get(id) })
    this.#messages = createMessages({
      ...options,
      requireLive: (id) => this.#requireLive(id),
      onQueued: (id) => this.#deliveries.pump(id),
    })
    this.#spawner = createSpawner({
      ...options,
      backends: this.#backends,
      admit: (session, request) => this.#live.admit(session, request),
      release: (id) => this.#live.release(id),
      onHealth: (backend, health) => this.reportHealth(backend, health),
    })
    this.answer = createAnswers({ facts, requireLive: (id) => this.#requireLive(id) }).answer
    this.#live.closeLeftovers()
    this.#attention = createAttention(options)
    this.markRead = this.#attention.markRead
    this.markUnread = this.#attention.markUnread
    this.snooze = this.#attention.snooze
    this.setFavourite = this.#attention.setFavourite
    this.setUrgent = this.#attention.setUrgent
    facts.onFact(({ fact }) => {
      if ('id' in fact) this.#deliveries.pump(fact.id)
    })
  }

  async spawnSession(request: SpawnRequest): Promise<SessionId> {
    this.#refuseWhenStopping()
    const session = await this.#spawner.spawn(request)
    const { initialWork, prompt } = request
    const backend = this.#backends[session.backend]
    const text = prompt ?? (initialWork === undefined ? undefined : workPrompt(initialWork))
    if (text !== undefined && backend?.capabilities.takesFirstPrompt === false)
      await this.sendMessage(session.id, { type: 'nudge', body: text })
    return session.id
  }

  async terminateSession(id: SessionId, options: { readonly isForced?: boolean } = {}): Promise<void> {
    const session = this.#session(id)
    const live = this.#live.get(id)
    if (isLive(session) && live !== undefined) {
      await live.terminate(options.isForced === true)
      return
    }
    this.#live.release(id)
    this.#options.facts.append({ type: 'session.removed', id })
  }

  async getSession(id: SessionId): Promise<Session> {
    return this.#session(id)
  }

  async listSessions(filter: SessionFilter = {}): Promise<readonly Session[]> {
    const wanted = Object.entries(filter) as [keyof SessionFilter, string | undefined][]
    return sessionsOf(this.#options.facts.fleet).filter((session) =>
      wanted.every(([field, value]) => value === undefined || session[field] === value),
    )
  }

  async assignWork(id: SessionId, work: WorkUnit): Promise<Receipt> {
    const live = this.#requireLive(id)
    const assignedAt = new Date(this.#options.now()).toISOString()
    this.#options.facts.append({
      type: 'work.assigned',
      id: live.id,
      work: { ...work, status: 'assigned', assignedAt },
    })
    return this.sendMessage(id, { type: 'nudge', subject: work.id, body: workPrompt(work) })
  }

  async sendMessage(id: SessionId, message: OutgoingMessage): Promise<Receipt> {
    this.#refuseWhenStopping()
    return this.#messages.send(id, message)
  }

  async broadcastMessage(ids: readonly SessionId[], message: OutgoingMessage): Promise<readonly Receipt[]> {
    this.#refuseWhenStopping()
    return this.#messages.broadcast(ids, message)
  }

  healthCheck(): Promise<HostHealth> {
    const { now, facts, backends } = this.#options
    return hostHealth({
      ...this.#options,
      uptimeMs: now() - this.#startedAt,
      fleet: () => facts.fleet,
      backends,
      report: (backend, health) => this.reportHealth(backend, health),
    })
  }

  async subscribe(listener: (update: FactUpdate) => void): Promise<() => void> {
    listener({ type: 'snapshot', fleet: this.#options.facts.fleet })
    return this.#options.facts.onFact((envelope) => listener({ type: 'fact', envelope }))
  }

  async interrupt(id: SessionId): Promise<void> {
    const live = this.#requireLive(id)
    live.note({ source: 'operator', what: 'interrupt' })
    await live.agent.interrupt()
  }

  async resume(id: SessionId): Promise<void> {
    this.#refuseWhenStopping()
    const session = this.#session(id)
    this.#live.note(id, { source: 'operator', what: 'resume' })
    await this.#spawner.resume(session)
    this.#deliveries.pump(id)
  }

  async screen(id: SessionId, request: ScreenRequest = {}): Promise<ScreenText> {
    const { size } = this.#session(id)
    return screenText(this.#live.get(id)?.screen, size, request)
  }

  async explain(id: SessionId): Promise<Explanation> {
    return this.#live.explain(this.#session(id))
  }

  async receipt(id: MessageId): Promise<Receipt> {
    return (
      this.#options.facts.fleet.deliveries[id]?.receipt ??
      fail('usage.invalid', { what: `No message has the id ${id}` })
    )
  }

  async history(id: SessionId, limit: number): Promise<readonly Envelope[]> {
    return this.#options.facts.about(this.#session(id).id, limit)
  }

  screenOf(id: SessionId): Screen | undefined {
    return this.#live.get(id)?.screen
  }

  surfaceOf(id: SessionId): LiveSession['surface'] {
    return this.#live.get(id)?.surface ?? 'live'
  }

  onScreenChange(listener: (id: SessionId) => void): () => void {
    return this.#live.onScreenChange(listener)
  }

  paneSize(id: SessionId, size: Size): void {
    this.#live.get(id)?.paneSize(size)
  }

  type(id: SessionId, bytes: Uint8Array): void {
    this.#live.get(id)?.type(bytes)
  }

  async focus(id: SessionId, size: Size): Promise<void> {
    const live = this.#requireLive(id)
    live.focus(size)
    const { backend } = live
    if (backend.capabilities.surface === 'transcript') this.#live.keepWarm(id)
    const known = this.#session(id).size
    if (known.cols !== size.cols || known.rows !== size.rows)
      this.#options.facts.append({ type: 'session.resized', id, size })
    this.#live.screenChanged(id)
  }

  blur(id: SessionId): void {
    this.#live.get(id)?.blur()
    this.#live.screenChanged(id)
  }

  factsSince(since: number, limit: number): readonly Envelope[] {
    return this.#options.facts.since(since, limit)
  }

  /** Records what is known of a backend when it says something new. */
  reportHealth(backend: string, health: HostHealth['backends'][string]): void {
    const known = this.#options.facts.fleet.backends[backend]
    if (JSON.stringify(known) !== JSON.stringify(health))
      this.#options.facts.append({ type: 'backend.changed', backend, health })
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#isStopping = true
    this.#deliveries.close()
    this.#live.close()
    this.#attention.close()
    await Promise.all(this.#live.all().map((live) => live.terminate(false)))
    await Promise.all(Object.values(this.#backends).map((backend) => backend.shutdown()))
    for (const live of this.#live.all()) this.#live.release(live.id)
  }

  #session(id: SessionId): Session {
    return this.#options.facts.fleet.sessions[id] ?? fail('session.not-found', { name: id })
  }

  #requireLive(id: SessionId): LiveSession {
    const session = this.#session(id)
    const live = this.#live.get(id)
    return isLive(session) && live !== undefined
      ? live
      : fail('session.not-live', { name: session.agentName, state: session.state })
  }

  #refuseWhenStopping(): void {
    if (this.#isStopping) fail('host.stopping')
  }
}
