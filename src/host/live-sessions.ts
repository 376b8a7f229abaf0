import type { Backend, OpenRequest } from '../backends/backend.ts'
import { createEmitter } from '../core/emitter.ts'
import { fail } from '../core/errors.ts'
import type { Explanation } from '../core/explain.ts'
import { sessionsOf } from '../core/fleet.ts'
import { exitedNeed, type StallRule } from '../core/freshness.ts'
import { needId, type SessionId } from '../core/ids.ts'
import { interpret } from '../core/interpret.ts'
import type { RawDraft } from '../core/raw-signal.ts'
import type { Rules } from '../core/rules.ts'
import type { Dispose } from '../core/scope.ts'
import { type Exit, isLive, type Session } from '../core/session.ts'
import { isCurrent, type Signal } from '../core/signals.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import type { ExitText } from './exit-text.ts'
import type { FactLog } from './fact-log.ts'
import type { HookServer } from './hook-server.ts'
import { LiveSession } from './live-session.ts'
import type { Log } from './log.ts'
import { PROCESS_CLOCK, type ProcessClock } from './process-clock.ts'
import type { Screen } from './terminal/screen.ts'
import { createTrails, type Trails } from './trails.ts'

/** Lines of the last screen that are shown of an agent that ended with a failure. */
const LAST_LINES = 8

export interface LiveSessionsOptions {
  readonly facts: FactLog
  readonly backends: Readonly<Record<string, Backend>>
  readonly hooks: HookServer
  readonly version: string
  readonly log: Log
  readonly now: () => number
  readonly newId: () => string
  /** For deadlines; the process's own unless given. */
  readonly clock?: ProcessClock
  /** How long a working agent may be quiet. */
  readonly stall?: StallRule
  /** What the settings that hold in a directory say. */
  readonly rules: (directory: string) => Rules
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
  readonly #trails: Trails
  readonly #deadlines: Deadlines

  constructor(options: LiveSessionsOptions) {
    this.#options = options
    this.#trails = createTrails(options.facts, options.now)
    this.#deadlines = createDeadlines({
      clock: PROCESS_CLOCK,
      ...options,
      live: (id) => this.#sessions.get(id),
      note: (id, raw) => this.#trails.note(id, raw),
    })
  }

  /** Notes what is about to change a session, when it does not come from its agent. */
  note(id: SessionId, raw: RawDraft): void {
    this.#trails.note(id, raw)
  }

  /** Why a session is what it is. */
  explain(session: Session): Explanation {
    return this.#trails.explain(session)
  }

  /** Concludes nothing from silence any more. */
  close(): void {
    this.#deadlines.close()
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
      onTrace: (raw) => this.#trace(id, generation, raw),
      onOutput: () => this.#deadlines.alive(id),
      onExit: (exit, text) => this.#ended({ id, generation, exit, text }),
      onScreen: () => this.#screens.emit(id),
      onDraft: () => {
        onDraft(id)
        this.#deadlines.look(id)
      },
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

  /** All live sessions end with a host, this one or the one before it, and not for a reason of their own. */
  cutOff(why: (session: Session) => string): void {
    const { facts } = this.#options
    for (const session of sessionsOf(facts.fleet).filter(isLive)) {
      const { id } = session
      this.note(id, { source: 'host', what: 'cut off', detail: why(session) })
      const exit = { code: undefined, signal: undefined }
      facts.append({ type: 'session.exited', id, exit, why: why(session), failed: false, isInterrupted: true })
    }
  }

  #hear(id: SessionId, generation: number, signal: Signal): void {
    const { facts, now, newId } = this.#options
    const session = facts.fleet.sessions[id]
    if (session === undefined || !isCurrent(session, generation)) return
    this.#deadlines.alive(id)
    const current = facts.fleet.sessions[id] ?? session
    facts.append(...interpret(current, signal, { now: now(), newId }))
  }

  #trace(id: SessionId, generation: number, raw: RawDraft): void {
    if (this.#options.facts.fleet.sessions[id]?.generation !== generation) return
    this.note(id, raw)
    this.#deadlines.alive(id)
  }

  #ended(end: {
    readonly id: SessionId
    readonly generation: number
    readonly exit: Exit
    readonly text: ExitText
  }): void {
    const { facts, isStopping, onEnded } = this.#options
    const { id, exit, text } = end
    const session = facts.fleet.sessions[id]
    if (session === undefined || !isCurrent(session, end.generation)) return
    const detail = exit.signal === undefined ? `code ${exit.code ?? '?'}` : `signal ${exit.signal}`
    this.note(id, { source: 'process', what: 'exit', detail })
    const failed = text.isFailure && !isStopping()
    facts.append({ type: 'session.exited', id, exit, why: text.why, failed })
    onEnded(id, text.why)
    this.#screens.emit(id)
    const live = this.#sessions.get(id)
    if (failed && live?.wasAsked === false) whenParsed(live.screen, () => this.#raiseExited(end, live))
  }

  /** A failure that nobody asked for wants the operator, with the last words of the agent. */
  #raiseExited(
    end: { readonly id: SessionId; readonly generation: number; readonly text: ExitText },
    live: LiveSession,
  ) {
    const { facts, now, newId } = this.#options
    const { id } = end
    const session = facts.fleet.sessions[id]
    if (session?.generation !== end.generation || session.state !== 'failed' || session.need !== undefined) return
    const lines = live.screen?.text({ lines: LAST_LINES, fromBottom: true }) ?? []
    const need = { ...exitedNeed(session, end.text.why, lines), id: needId(newId()), raisedAt: now() }
    facts.append({ type: 'session.need-raised', id, need, source: 'process' })
  }
}

/** Calls back once the screen has taken in everything that was written to it. */
function whenParsed(screen: Screen | undefined, act: () => void): void {
  if (screen === undefined || screen.pendingBytes === 0) {
    act()
    return
  }
  const stop = screen.onDrained((pending) => {
    if (pending > 0) return
    stop()
    act()
  })
}
