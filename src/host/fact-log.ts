import { type CostEntry, type CostReport, type CostRequest, costEntries, costReport } from '../core/costs.ts'
import { createEmitter } from '../core/emitter.ts'
import { type Envelope, type Fact, sessionOfFact } from '../core/facts.ts'
import type { Fleet } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import { orchestrationLines } from '../core/log-lines.ts'
import { diskNotice } from '../core/notice.ts'
import { reduce } from '../core/reduce.ts'
import type { Dispose } from '../core/scope.ts'
import { createFactBacklog } from './fact-backlog.ts'
import type { Journal } from './journal.ts'
import { localDay } from './local-day.ts'
import type { Log } from './log.ts'

/** The one way to change what the host knows: journal first, then state, then everyone who listens. */
export interface FactLog {
  readonly fleet: Fleet
  append(...facts: readonly Fact[]): void
  onFact(listener: (envelope: Envelope) => void): Dispose
  since(seq: number, limit: number): readonly Envelope[]
  /** What was spent, as the journal has it. */
  costs(request: CostRequest): CostReport
  /** The newest facts about a session, at most `limit`, oldest first. */
  about(id: SessionId, limit: number): readonly Envelope[]
}

/** The state of a journal, ready to be added to. */
export function createFactLog(journal: Journal, tools: { readonly now: () => number; readonly log: Log }): FactLog {
  const { snapshot, after } = journal.load()
  const listeners = createEmitter<Envelope>()
  const untold: Envelope[] = []
  let fleet = after.reduce(reduce, snapshot)
  let isTelling = false
  const backlog = createFactBacklog(journal)
  /** A listener may append: everyone hears what it was told first before they hear what it appended. */
  const tell = (envelope: Envelope): void => {
    untold.push(envelope)
    if (isTelling) return
    isTelling = true
    try {
      for (let next = untold.shift(); next !== undefined; next = untold.shift()) listeners.emit(next)
    } finally {
      isTelling = false
    }
  }
  const settle = (): void => {
    try {
      journal.settle(fleet)
    } catch (error) {
      // Without a snapshot the next start reads more facts, and nothing else is different.
      tools.log('journal.no-snapshot', { detail: String(error) })
    }
  }
  const appendOne = (fact: Fact): void => {
    const before = fleet
    const envelope: Envelope = { seq: fleet.seq + 1, at: tools.now(), fact }
    const problem = backlog.write({ envelope, spent: spentBy(fleet, envelope) })
    fleet = reduce(fleet, envelope)
    if (problem === undefined) settle()
    tools.log(fact.type, logged(fact))
    for (const { line, data } of orchestrationLines(before, fleet, fact)) tools.log(line, data)
    tell(envelope)
    sayHowTheDiskIs(problem)
  }
  const sayHowTheDiskIs = (problem: string | undefined): void => {
    const isSaid = fleet.notices?.disk !== undefined
    if (isSaid === (problem !== undefined)) return
    if (problem === undefined) appendOne({ type: 'host.settled', topic: 'disk' })
    else appendOne({ type: 'host.noticed', notice: diskNotice(problem) })
  }
  return {
    get fleet() {
      return fleet
    },
    append: (...facts) => facts.forEach(appendOne),
    onFact: (listener) => listeners.on(listener),
    since: (seq, limit) => journal.list(seq, limit),
    costs: (request) => costReport(request, journal.spending(request.since)),
    about: (id, limit) => journal.naming(id, limit).filter(({ fact }) => sessionOfFact(fact) === id),
  }
}

function spentBy(fleet: Fleet, { fact, at }: Envelope): readonly CostEntry[] {
  const session = fact.type === 'session.used' ? fleet.sessions[fact.id] : undefined
  return session === undefined || fact.type !== 'session.used' ? [] : costEntries(session, fact.usage, localDay(at))
}

/** What of a fact goes to the log: who and why, never what was said. */
function logged(fact: Fact): Readonly<Record<string, unknown>> {
  if (fact.type === 'session.registered') {
    const { id, backend, rig, agentName, role } = fact.session
    return { session: id, backend, rig, agentName, role }
  }
  if (fact.type === 'session.need-raised') return { session: fact.id, kind: fact.need.kind, title: fact.need.title }
  if (fact.type === 'message.queued') return { session: fact.message.to, message: fact.message.id }
  if (fact.type === 'message.advanced')
    return { session: fact.receipt.to, message: fact.receipt.id, status: fact.receipt.status }
  if (fact.type === 'session.replied') return { session: fact.id, characters: fact.text.length }
  const { type: _, ...rest } = fact
  return rest
}
