import type { SessionId } from '../core/ids.ts'

/** Which sessions the operator types into, in any room. */
export interface FocusRegister {
  /** What one viewer types into from now on; nothing once it is gone. */
  set(viewer: object, ids: readonly SessionId[]): void
  has(id: SessionId): boolean
}

/** A register without viewers. */
export function createFocusRegister(): FocusRegister {
  const focused = new Map<object, readonly SessionId[]>()
  return {
    set(viewer, ids) {
      if (ids.length === 0) focused.delete(viewer)
      else focused.set(viewer, ids)
    },
    has: (id) => [...focused.values()].some((ids) => ids.includes(id)),
  }
}
