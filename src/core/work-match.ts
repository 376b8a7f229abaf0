import type { Session } from './session.ts'
import { isOpen, type WorkPlace } from './work.ts'

/** Whether a session has nothing to do and asks nothing: it can be given work. */
export function isFree(session: Session): boolean {
  const { state, activity, need, queuedMessages, workUnits } = session
  return (
    state === 'running' &&
    activity === 'idle' &&
    need === undefined &&
    queuedMessages === 0 &&
    !workUnits.some((unit) => isOpen(unit))
  )
}

/** What work is given by, whoever does it. */
type Kind = Pick<WorkPlace, 'rig' | 'role' | 'args'>

/** Whether a session is of the kind that work for this place is given to, whichever agent of that role it is. */
export function suits(session: Session, place: WorkPlace, backend: string): boolean {
  return session.backend === backend && isSameKind(session, place)
}

/** Whether what is of the one kind gets the work of the other as well. */
export function isSameKind(one: Kind, other: Kind): boolean {
  return one.rig === other.rig && one.role === other.role && isSame(one.args, other.args)
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index])
}
