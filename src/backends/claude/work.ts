import type { Source } from '../../core/session.ts'
import type { ActivityState } from './activity-state.ts'

/** What a state says about work. */
export type Work = Partial<
  Pick<ActivityState, 'isWorking' | 'isTurnOver' | 'doing' | 'closing' | 'source' | 'failure' | 'outcome'>
>

/** What a status says about work, keeping a better reason of the hooks for the same thing. */
export function workOf(state: ActivityState, status: string | undefined): Work {
  switch (status) {
    case 'busy':
      return state.isWorking && !state.isTurnOver ? {} : begun(state)
    case 'shell':
      if (state.background.length > 0) return inBackground(state)
      return { ...working('a background shell runs', 'status-file'), isTurnOver: true }
    case 'idle':
      return rested(state)
    default:
      return {}
  }
}

/** A turn that no hook told of: what was left of the one before is over all the same. */
function begun(state: ActivityState): Work {
  const over = state.failure === undefined ? {} : ({ failure: undefined, outcome: 'withdrawn' } as const)
  return { ...working('thinking', 'status-file'), ...over }
}

/** Work, told by this source. */
export function working(doing: string, source: Source): Work {
  return { isWorking: true, isTurnOver: false, doing, closing: undefined, source }
}

/** Work behind a turn that has ended. */
export function inBackground(state: ActivityState): Work {
  const names = state.background.map((task) => task.words).join(', ')
  return { isWorking: true, isTurnOver: true, doing: `in the background: ${names}`, source: 'hook' }
}

/** Rest, and how it came. */
export function rested(state: ActivityState): Work {
  if (state.background.length > 0) return inBackground(state)
  // A turn that no Stop hook has closed was interrupted: that fires no hook at all.
  const doing = state.isWorking ? (state.closing ?? 'turn interrupted') : state.doing
  return { isWorking: false, isTurnOver: false, doing, source: 'status-file' }
}
