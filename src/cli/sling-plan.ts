import { fail } from '../core/errors.ts'
import { fullName } from '../core/resolve.ts'
import { type Session, toSessionInfo } from '../core/session.ts'
import type { WorkOrder, WorkPlace, WorkUnit } from '../core/work.ts'
import { isFree, suits } from '../core/work-match.ts'
import type { HostConnection } from './context.ts'
import { type Output, sessionText } from './print.ts'
import type { StartPlan } from './start-session.ts'
import { waitFor } from './watch.ts'
import { unitText } from './work-table.ts'

/** What the host would do with this work now, in words; nothing is changed by asking. */
export async function dryRun(connection: HostConnection, plan: StartPlan, work: WorkOrder): Promise<Output> {
  const { spawn, name: agentName, selection, notes } = plan
  const { rig, backend, role = '', workDir } = spawn
  const why = selection.why
  const about = { backend, role, workDir, why, work }
  const place: WorkPlace = { ...placeOf(plan), backend }
  const [sessions, pool] = await Promise.all([connection.listSessions({ rig }), connection.poolStatus()])
  const held = heldBy(pool, backend)
  const free = sessions.find((session) => isFree(session) && suits(session, place, backend))
  if (free !== undefined && spawn.agentName === undefined && (held === undefined || held.isFull)) {
    const name = fullName(free)
    return {
      json: { action: 'assign', session: free.id, name, ...about },
      text: `would assign ${work.id} to ${name}, which is idle (${why})`,
      notes,
    }
  }
  const name = `${rig}/${agentName}`
  if (held !== undefined)
    return {
      json: { action: 'queue', session: null, name, ...about, held: held.why },
      text: `would queue ${work.id}: ${held.why} (${why})`,
      notes,
    }
  return {
    json: { action: 'spawn', session: null, name, ...about },
    text: `would start ${name} as ${role} in ${workDir} and give it ${work.id} (${why})`,
    notes,
  }
}

/** Where the work of a planned session belongs. */
export function placeOf({ spawn }: StartPlan): Omit<WorkPlace, 'backend'> {
  const { rig, role = '', workDir = '', agentName = null, args = [] } = spawn
  return { rig, role, workDir, agentName, args }
}

interface Held {
  readonly why: string
  /** It waits for a session, not for the operator. */
  readonly isFull: boolean
}

function heldBy(pool: Awaited<ReturnType<HostConnection['poolStatus']>>, backend: string): Held | undefined {
  if (pool.paused !== null) return { why: `the pool is paused: ${pool.paused}`, isFull: false }
  if (pool.isDraining) return { why: 'the pool is draining', isFull: false }
  const room = pool.backends.find((each) => each.backend === backend)
  if (room === undefined || room.live < room.limit) return undefined
  return { why: `${room.live} of ${room.limit} ${backend} sessions are there already`, isFull: true }
}

/** What became of queued work: the session that has it once that is ready, or the unit while it waits. */
export async function slungOutput(connection: HostConnection, unit: WorkUnit, why: string): Promise<Output> {
  const settled = await waitFor(connection, {
    what: `The start of a session for ${unit.id}`,
    when: ({ work, sessions }): { readonly unit: WorkUnit; readonly session?: Session } | undefined => {
      const now = work[unit.id] ?? unit
      if (now.status === 'failed' || now.status === 'cancelled')
        return fail('work.failed', { id: now.id, why: now.why })
      if (now.status === 'queued') return { unit: now }
      const session = now.sessionId === null ? undefined : sessions[now.sessionId]
      if (session === undefined || session.state === 'starting') return undefined
      return { unit: now, session }
    },
  })
  const { session } = settled
  if (session === undefined) return { json: settled.unit, text: unitText(settled.unit), notes: [`${why}.`] }
  const reason = unit.status === 'assigned' ? unit.why : why
  return { json: toSessionInfo(session, connection.hostName), text: sessionText(session), notes: [`${reason}.`] }
}
