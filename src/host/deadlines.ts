import { type Fact, sessionOfFact } from '../core/facts.ts'
import {
  DEFAULT_STALL_RULE,
  isBehindDraft,
  judgeSilence,
  type StallRule,
  silenceFacts,
  UNSENT_MS,
  unsentNeed,
} from '../core/freshness.ts'
import { needId, type SessionId } from '../core/ids.ts'
import type { RawDraft } from '../core/raw-signal.ts'
import { recipientOf } from '../core/recipients.ts'
import { type Rules, roleRules } from '../core/rules.ts'
import { type Session, settingsDirectoryOf } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSession } from './live-session.ts'
import type { ProcessClock } from './process-clock.ts'

export interface DeadlinesOptions {
  readonly facts: FactLog
  readonly clock: ProcessClock
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly newId: () => string
  readonly live: (id: SessionId) => LiveSession | undefined
  readonly note: (id: SessionId, raw: RawDraft) => void
  readonly stall?: StallRule
  /** What the settings that hold in a directory say about roles. */
  readonly rules: (directory: string) => Rules
}

/** Concludes what silence means, so that nothing stands for ever because a signal was lost. */
export interface Deadlines {
  /** A signal or output came. Cheap: it may be called for every chunk. */
  alive(id: SessionId): void
  /** Something about the session changed: look at it again. */
  look(id: SessionId): void
  close(): void
}

/** Milliseconds until something may expire, or that something just did. */
type Due = number | 'changed'

/** Settings are files, and a session at work is looked at many times a second. */
const READ_AGAIN_MS = 60_000

const NEVER = Number.POSITIVE_INFINITY

interface Watch {
  aliveAt: number
  /** Since when a message waits for nothing but the operator's unsent text. */
  blockedAt: number | undefined
  /** When to look again. */
  dueAt: number
  /** What the settings of its role said, and when they were read. */
  role: { readonly readAt: number; readonly stallMs: number | undefined } | undefined
}

/** One timer for all sessions, and none while nothing can expire. */
export function createDeadlines(options: DeadlinesOptions): Deadlines {
  return new DeadlineWatch(options)
}

class DeadlineWatch implements Deadlines {
  readonly #options: DeadlinesOptions
  readonly #watches = new Map<SessionId, Watch>()
  readonly #stop: () => void
  #cancel: (() => void) | undefined
  #timerAt = NEVER

  constructor(options: DeadlinesOptions) {
    this.#options = options
    this.#stop = options.facts.onFact(({ fact }) => this.#onFact(fact))
  }

  alive(id: SessionId): void {
    const watch = this.#watches.get(id)
    if (watch === undefined) return
    watch.aliveAt = this.#options.clock.now()
    if (this.#options.facts.fleet.sessions[id]?.need?.kind === 'stalled') this.#clear(id, 'stalled')
  }

  look(id: SessionId): void {
    const { facts, live, clock } = this.#options
    const session = facts.fleet.sessions[id]
    const agent = live(id)
    if (session === undefined || agent === undefined || !agent.isOpen) {
      if (this.#watches.delete(id)) this.#arm()
      return
    }
    const now = clock.now()
    const watch = this.#watches.get(id) ?? { aliveAt: now, blockedAt: undefined, dueAt: NEVER, role: undefined }
    this.#watches.set(id, watch)
    const quiet = this.#judge(session, watch, agent)
    const draft = quiet === 'changed' ? quiet : this.#judgeDraft(session, watch, agent)
    // A conclusion is a fact, and that fact has made us look again already.
    if (quiet === 'changed' || draft === 'changed') return
    const inMs = Math.min(quiet, draft)
    watch.dueAt = now + inMs
    this.#arm()
  }

  close(): void {
    this.#stop()
    this.#cancel?.()
    this.#watches.clear()
  }

  #onFact(fact: Fact): void {
    const id = this.#concernedBy(fact)
    // While it was paused nobody counted its silence.
    if (fact.type === 'session.unpaused') this.alive(fact.id)
    if (id !== undefined) this.look(id)
  }

  /** The session that a fact is about; of a message to an address, the session that it will go to. */
  #concernedBy(fact: Fact): SessionId | undefined {
    const { fleet } = this.#options.facts
    const id = sessionOfFact(fact)
    if (id !== undefined || !('message' in fact || 'messageId' in fact)) return id
    const to = 'message' in fact ? fact.message.to : fleet.deliveries[fact.messageId]?.message.to
    return to === undefined ? undefined : recipientOf(fleet, to)?.id
  }

  /** Milliseconds until silence may mean something. */
  #judge(session: Session, watch: Watch, agent: LiveSession): Due {
    const { clock, facts, note, now, newId } = this.#options
    const quietMs = clock.now() - watch.aliveAt
    const { hasSignals } = agent.backend.capabilities
    const verdict = judgeSilence(session, { quietMs, hasSignals, stall: this.#stallOf(session, watch) })
    if (verdict.type === 'rest') return NEVER
    if (verdict.type === 'later') return verdict.afterMs
    note(session.id, { source: 'silence', what: 'deadline', detail: `quiet for ${Math.round(quietMs / 1000)} s` })
    facts.append(...silenceFacts(session, verdict, { now: now(), newId }))
    return 'changed'
  }

  /** What its role says in the settings comes before what the operator wants for all. */
  #stallOf({ role, activity, ...session }: Session, watch: Watch): StallRule {
    const { clock, rules, stall = DEFAULT_STALL_RULE } = this.#options
    if (activity !== 'working') return stall
    const now = clock.now()
    if (watch.role === undefined || now - watch.role.readAt >= READ_AGAIN_MS) {
      const { stallMs } = roleRules(rules(settingsDirectoryOf(session)), role)
      watch.role = { readAt: now, stallMs }
    }
    const { stallMs } = watch.role
    return stallMs === undefined ? stall : { byRole: { ...stall.byRole, [role]: stallMs }, otherMs: stall.otherMs }
  }

  /** Milliseconds until the operator's unsent text is pointed out. */
  #judgeDraft(session: Session, watch: Watch, agent: LiveSession): Due {
    const { clock, facts, note, now, newId } = this.#options
    const { id, need } = session
    const { hasSignals } = agent.backend.capabilities
    if (!isBehindDraft(session, { hasSignals, hasDraft: agent.hasDraft })) {
      watch.blockedAt = undefined
      if (need?.kind !== 'unsent') return NEVER
      this.#clear(id, 'unsent')
      return 'changed'
    }
    watch.blockedAt ??= clock.now()
    if (need !== undefined) return NEVER
    const leftMs = watch.blockedAt + UNSENT_MS - clock.now()
    if (leftMs > 0) return leftMs
    const { fleet } = facts
    const waiting = Object.values(fleet.deliveries).find(
      ({ message, receipt }) => receipt.status === 'queued' && recipientOf(fleet, message.to)?.id === id,
    )
    if (waiting === undefined) return NEVER
    note(id, { source: 'host', what: 'deadline', detail: `message ${waiting.message.id} waits behind unsent text` })
    const unsent = { ...unsentNeed(waiting.message), id: needId(newId()), raisedAt: now() }
    facts.append({ type: 'session.need-raised', id, need: unsent, source: 'host' })
    return 'changed'
  }

  #clear(id: SessionId, kind: 'stalled' | 'unsent'): void {
    const { facts, note } = this.#options
    const need = facts.fleet.sessions[id]?.need
    if (need?.kind !== kind) return
    note(id, { source: 'host', what: kind === 'stalled' ? 'sign of life' : 'its prompt is free again' })
    facts.append({ type: 'session.need-cleared', id, needId: need.id, outcome: 'withdrawn' })
  }

  #arm(): void {
    const at = Math.min(NEVER, ...[...this.#watches.values()].map(({ dueAt }) => dueAt))
    if (at === this.#timerAt) return
    this.#cancel?.()
    this.#cancel = undefined
    this.#timerAt = at
    if (!Number.isFinite(at)) return
    this.#cancel = this.#options.clock.after(Math.max(0, at - this.#options.clock.now()), () => this.#due())
  }

  #due(): void {
    this.#timerAt = NEVER
    this.#cancel = undefined
    const now = this.#options.clock.now()
    for (const [id, { dueAt }] of [...this.#watches]) if (dueAt <= now) this.look(id)
    this.#arm()
  }
}
