import { type BudgetVerdict, budgetKey, budgetWords, judgeBudget, type Whose } from '../core/budgets.ts'
import { sessionOfFact } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import type { NeedDraft } from '../core/need.ts'
import type { Rules } from '../core/rules.ts'
import { isLive, type Session } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSession } from './live-session.ts'
import { localDay } from './local-day.ts'
import type { Log } from './log.ts'
import { createNeedsAtRest, type NeedsAtRest } from './need-at-rest.ts'

export interface BudgetWatchOptions {
  readonly facts: FactLog
  readonly live: (id: SessionId) => Pick<LiveSession, 'terminate'> | undefined
  readonly rules: (directory: string) => Rules
  readonly now: () => number
  readonly newId: () => string
  readonly log: Log
}

/** Sees to it that no more is spent than the settings allow. */
export interface BudgetWatch {
  close(): void
}

/** Watches what is spent. What is unknown cannot be watched: only known costs count. */
export function createBudgetWatch(options: BudgetWatchOptions): BudgetWatch {
  return new Watch(options)
}

class Watch implements BudgetWatch {
  readonly #options: BudgetWatchOptions
  readonly #stop: () => void
  /** Limits that were acted upon, each once; so that the operator may go on in spite of one. */
  readonly #reached = new Set<string>()
  readonly #needs: NeedsAtRest

  constructor(options: BudgetWatchOptions) {
    this.#options = options
    this.#stop = options.facts.onFact(({ fact }) => {
      const id = sessionOfFact(fact)
      const session = id === undefined ? undefined : options.facts.fleet.sessions[id]
      if (session !== undefined && fact.type === 'session.used') this.#judge(session)
    })
    this.#needs = createNeedsAtRest(options)
  }

  close(): void {
    this.#stop()
    this.#needs.close()
  }

  #judge(session: Session): void {
    const { facts, rules, now } = this.#options
    const { budgets } = rules(session.workDir)
    const own = judgeBudget(budgets.session, session.usage?.costUsd ?? 0)
    if (own !== undefined) this.#act(session, 'session', own)
    if (budgets.day === undefined) return
    const today = localDay(now())
    const all = judgeBudget(budgets.day, facts.costs({ by: 'day', since: today }).total.costUsd ?? 0)
    if (all !== undefined) this.#act(session, 'day', all)
  }

  #act(session: Session, whose: Whose, verdict: BudgetVerdict): void {
    const { facts, log, now } = this.#options
    const { level, limitUsd } = verdict
    const why = `${whose === 'day' ? 'budget of the day' : 'budget'}: ${budgetWords(verdict)}`
    if (level === 'stop') this.#end(whose === 'day' ? sessionsOf(facts.fleet).filter(hasSpent) : [session], why)
    const about = whose === 'day' ? localDay(now()) : session.id
    const key = `${about} ${level} ${limitUsd}`
    if (this.#reached.has(key)) return
    this.#reached.add(key)
    log('budget.reached', { session: session.id, whose, level, why })
    if (level !== 'warn' && whose === 'day' && facts.fleet.pool?.paused === undefined)
      facts.append({ type: 'pool.paused', why })
    if (level !== 'stop') this.#needs.raise(session.id, needOf(whose, verdict))
  }

  #end(sessions: readonly Session[], why: string): void {
    const { live, log } = this.#options
    for (const { id } of sessions.filter(isLive)) {
      live(id)
        ?.terminate(false, why)
        .catch((error: unknown) => log('budget.stop-failed', { session: id, detail: String(error) }))
    }
  }
}

function hasSpent(session: Session): boolean {
  return session.usage !== undefined
}

/** A session that wants the operator is free for nobody else. */
const HELD = 'It is given no more work while this stands.'

function needOf(whose: Whose, verdict: BudgetVerdict): NeedDraft {
  const { level } = verdict
  const held = whose === 'day' ? 'The pool gives out no more work until it is resumed.' : HELD
  const consequence = level === 'pause' ? held : 'Everything goes on.'
  const who = whose === 'day' ? 'All sessions together have' : 'This session has'
  return {
    key: budgetKey(whose, level),
    kind: 'limited',
    title: `${whose === 'day' ? 'Budget of the day' : 'Budget'}: ${budgetWords(verdict)}`,
    body: `${who} spent what the settings allow (${level}Usd). ${consequence}`,
    options: [],
    answers: [],
  }
}
