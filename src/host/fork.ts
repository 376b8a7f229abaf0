import type { Backend } from '../backends/backend.ts'
import { addressOf } from '../core/address.ts'
import { fail } from '../core/errors.ts'
import { type Fleet, namesTaken } from '../core/fleet.ts'
import type { ForkRequest } from '../core/orchestrator.ts'
import type { Session, SpawnRequest } from '../core/session.ts'

/** What to start so that it goes on from this session as it is now. Fails with `session.unforkable`. */
export function forkRequest(origin: Session, { agentName, prompt }: ForkRequest, fleet: Fleet): SpawnRequest {
  const { backend, role, rig, workDir, size, args } = origin
  return {
    ...{ backend, role, rig, workDir, size, args },
    agentName: agentName ?? freeName(origin, fleet),
    ...(prompt === undefined ? {} : { prompt }),
  }
}

/** Refuses a session of whose conversation no copy can be made. */
export function checkForkable(origin: Session, backend: Backend | undefined): void {
  const name = addressOf(origin)
  if (backend?.capabilities.canFork !== true)
    fail('session.unforkable', { name, why: `the ${origin.backend} backend has no conversations to copy` })
  if (origin.resumeId === undefined)
    fail('session.unforkable', { name, why: 'its agent has not named its conversation' })
}

function freeName({ agentName, rig }: Session, fleet: Fleet): string {
  const taken = namesTaken(fleet, rig)
  const base = `${agentName}-fork`
  let name = base
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`
  return name
}
