import { fail } from '../core/errors.ts'
import type { Orchestrator } from '../core/orchestrator.ts'
import { isLive } from '../core/session.ts'
import type { HostParts } from './host-parts.ts'

/** What is done to a session that goes on. */
export type SteeringVerb = 'interrupt' | 'pause' | 'unpause'

/** Stopping turns, and keeping everything away from sessions. */
export function steeringVerbs(parts: HostParts): Pick<Orchestrator, SteeringVerb> {
  const { facts } = parts.options
  return {
    async interrupt(id) {
      const agent = parts.requireLive(id)
      agent.note({ source: 'operator', what: 'interrupt' })
      await agent.agent.interrupt()
    },
    async pause(id) {
      const session = parts.session(id)
      const { isPaused, state, agentName: name, need } = session
      if (isPaused === true) return
      if (!isLive(session)) fail('session.not-live', { name, state })
      parts.live.note(id, { source: 'operator', what: 'pause' })
      facts.append({ type: 'session.paused', id, why: 'by the operator' })
      // Nobody counts the silence of a session that is paused.
      if (need?.kind === 'stalled')
        facts.append({ type: 'session.need-cleared', id, needId: need.id, outcome: 'withdrawn' })
    },
    async unpause(id) {
      if (parts.session(id).isPaused !== true) return
      parts.live.note(id, { source: 'operator', what: 'unpause' })
      facts.append({ type: 'session.unpaused', id, why: 'by the operator' })
    },
  }
}
