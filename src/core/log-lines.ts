import type { Fact } from './facts.ts'
import type { Fleet } from './fleet.ts'
import type { Session } from './session.ts'

/** A line for the host's log, with its fields. */
export interface LogLine {
  readonly line: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What a fact means for those who watch the log: a session that was spawned, work that was given out, a change of state. */
export function orchestrationLines(before: Fleet, after: Fleet, fact: Fact): readonly LogLine[] {
  if (fact.type === 'work.assigned') return [assigned(fact)]
  const id = fact.type === 'session.registered' ? fact.session.id : 'id' in fact ? fact.id : undefined
  const session = id === undefined ? undefined : after.sessions[id]
  if (session === undefined) return []
  const spawned = fact.type === 'session.launched' ? [spawnedLine(session)] : []
  return [...spawned, ...changed(before.sessions[session.id], session)]
}

function spawnedLine({ backend, id, rig, generation }: Session): LogLine {
  return {
    line: `[orchestration] spawned ${backend} session ${id} for rig ${rig}`,
    data: { backend, session: id, rig, generation },
  }
}

function assigned({ id, workId, why }: Extract<Fact, { type: 'work.assigned' }>): LogLine {
  return { line: `[orchestration] assigned work ${workId} to session ${id}`, data: { work: workId, session: id, why } }
}

function changed(before: Session | undefined, session: Session): readonly LogLine[] {
  const [from, to] = [before === undefined ? 'none' : stateWords(before), stateWords(session)]
  if (from === to) return []
  const { id, why, source } = session
  return [
    { line: `[orchestration] session ${id} state: ${from} → ${to}`, data: { session: id, from, to, why, source } },
  ]
}

/** The state; of one that runs, what its agent does. */
function stateWords({ state, activity }: Session): string {
  return state === 'running' ? activity : state
}
