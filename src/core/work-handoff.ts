import type { Fact } from './facts.ts'
import { type Session, settingsDirectoryOf } from './session.ts'
import type { WorkPlace, WorkUnit } from './work.ts'

type WorkAssigned = Extract<Fact, { type: 'work.assigned' }>

/** The fact that a unit was handed over to a session, for this reason. */
export function handedOver(
  unit: Pick<WorkUnit, 'id'>,
  to: Session,
  about: { readonly why: string; readonly note?: string },
): WorkAssigned {
  const { why, note } = about
  const handoff = { place: placeOf(to), ...(note === undefined ? {} : { note }) }
  return { type: 'work.assigned', id: to.id, workId: unit.id, why, handoff }
}

/** The place of work that is for this session, or for the next one of its name. */
export function placeOf(session: Session): WorkPlace {
  const { rig, role, backend, agentName, args } = session
  // Whoever has it next works in a worktree of its own, if in any.
  return { rig, role, workDir: settingsDirectoryOf(session), backend, agentName, args }
}
