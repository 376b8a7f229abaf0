import type { SessionId } from '../core/ids.ts'

/** Own screens that run at once: those that somebody has open, and those left last, so that coming back shows them at once. */
const WARM_SCREENS = 3

/** Which agents' own screens go on running. */
export interface WarmScreens {
  /** Somebody has it open: it is not ended, however many there are. */
  opened(id: SessionId): void
  /** Nobody has it open any more. */
  left(id: SessionId): void
}

/** Ends, by `coolDown`, those beyond a few, the one that was left first before all others. */
export function createWarmScreens(coolDown: (id: SessionId) => void): WarmScreens {
  const open = new Set<SessionId>()
  /** In the order in which they were left. */
  const idle = new Set<SessionId>()

  function coolExcess(): void {
    const excess = Math.max(0, open.size + idle.size - WARM_SCREENS)
    for (const id of [...idle].slice(0, excess)) {
      idle.delete(id)
      coolDown(id)
    }
  }

  return {
    opened(id) {
      idle.delete(id)
      open.add(id)
      coolExcess()
    },
    left(id) {
      if (open.delete(id)) idle.add(id)
      coolExcess()
    },
  }
}
