import type { Backend, OpenRequest } from '../backends/backend.ts'
import { createEmitter } from '../core/emitter.ts'
import { fail } from '../core/errors.ts'
import { sessionsOf } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import { interpret } from '../core/interpret.ts'
import type { Dispose } from '../core/scope.ts'
import { type Exit, isLive, type Session } from '../core/session.ts'
import type { Signal } from '../core/signals.ts'
import type { ExitText } from './exit-text.ts'
import type { FactLog } from './fact-log.ts'
import type { HookServer } from './hook-server.ts'
import { LiveSession } from './live-session.ts'
import type { Log } from './log.ts'

/** Own screens kept running after they were left, so that coming back shows them at once. */
const WARM_SCREENS = 3

export interface LiveSessionsOptions {
  readonly facts: FactLog
  readonly backends: Readonly<Record<string, Backend>>
  readonly hooks: HookServer
  readonly version: string
  readonly log: Log
  readonly now: () => number
  readonly newId: () => string
  /** Whether the host itself is ending: then no exit is a failure. */
  readonly isStopping: () => boolean
  readonly onDraft: (id: SessionId) => void
  readonly onEnded: (id: SessionId, why: string) => void
}

/** The sessions that have an agent or a screen in this process, and how what they say becomes facts. */
export class LiveSessions {
  readonly #options: LiveSessionsOptions
  readonly #sessions = new Map<SessionId, LiveSession>()
  readonly #screens = createEmitter<SessionId>()
  readonly #warm: SessionId[] = []

  constructor(options: LiveSessionsOptions) {
    this.#options = options
  }

  get(id: SessionId): LiveSession | undefined {
    return this.#sessions.get(id)
  }

  all(): readonly LiveSession[] {
    return [...this.#sessions.values()]
  }

  onScreenChange(listener: (id: SessionId) => void): Dispose {
    return this.#screens.on(listener)
  }

  screenChanged(id: SessionId): void {
    this.#screens.emit(id)
  }

  /** Makes the live side of a session; its signals count for this generation only. */
  admit(session: Session, request: OpenRequest): LiveSession {
    const { id, generation } = session
    const { backends, version, hooks, log, facts, onDraft } = this.#options
    const live = new LiveSession({
      backend:
        backends[session.backend] ??
        fail('backend.unknown', { backend: session.backend, known: Object.keys(backends) }),
      request,
      version,
      hooks,
      log,
      onSignal: (signal) => this.#hear(id, generation, signal),
      onExit: (exit, text) => this.#ended({ id, generation, exit, text }),
      onScreen: () => this.#screens.emit(id),
      onDraft: () => onDraft(id),
      isAsking: () => facts.fleet.sessions[id]?.activity === 'waiting',
    })
    this.#sessions.set(id, live)
    return live
  }

  /** Forgets a session and releases what it had. */
  release(id: SessionId): void {
    this.#sessions.get(id)?.dispose()
    this.#sessions.delete(id)
  }

  /** The own screen of this session was used last; the one unused for longest is ended beyond a few. */
  keepWarm(id: SessionId): void {
    const others = this.#warm.filter((each) => each !== id)
    this.#warm.splice(0, this.#warm.length, ...others, id)
    const excess = Math.max(0, this.#warm.length - WARM_SCREENS)
    for (const cold of this.#warm.splice(0, excess)) this.#sessions.get(cold)?.coolDown()
  }

  /** Sessions that the journal calls live ended together with the host before this one. */
  closeLeftovers(): void {
    const { facts } = this.#options
    const why = 'its host ended; resume it to go on'
    for (const { id } of sessionsOf(facts.fleet).filter(isLive)) {
      facts.append({ type: 'session.exited', id, exit: { code: undefined, signal: undefined }, why, failed: false })
    }
  }

  #hear(id: SessionId, generation: number, signal: Signal): void {
    const { facts, now, newId } = this.#options
    const session = facts.fleet.sessions[id]
    if (session === undefined || session.generation !== generation || !isLive(session)) return
    facts.append(...interpret(session, signal, { now: now(), newId }))
  }

  #ended(end: {
    readonly id: SessionId
    readonly generation: number
    readonly exit: Exit
    readonly text: ExitText
  }): void {
    const { facts, isStopping, onEnded } = this.#options
    const { id, exit, text } = end
    if (facts.fleet.sessions[id]?.generation !== end.generation) return
    facts.append({ type: 'session.exited', id, exit, why: text.why, failed: text.isFailure && !isStopping() })
    onEnded(id, text.why)
    this.#screens.emit(id)
  }
}
