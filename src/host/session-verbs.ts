import { fail } from '../core/errors.ts'
import { sessionsOf } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import type { Orchestrator, SessionFilter } from '../core/orchestrator.ts'
import { isLive, type Session, type SpawnRequest } from '../core/session.ts'
import { workPrompt } from '../core/work.ts'
import { checkForkable, forkRequest } from './fork.ts'
import type { HostParts } from './host-parts.ts'
import { screenText } from './screen-text.ts'
import { shownScreen } from './screen-verbs.ts'
import { removeWithSession } from './worktree-verbs.ts'

type SessionVerb =
  | 'spawnSession'
  | 'terminateSession'
  | 'getSession'
  | 'listSessions'
  | 'interrupt'
  | 'resume'
  | 'fork'
  | 'pause'
  | 'unpause'
  | 'screen'
  | 'explain'
  | 'history'

/** Starting, looking at and ending sessions. */
export function sessionVerbs(parts: HostParts): Pick<Orchestrator, SessionVerb> {
  const { live, spawner, messages, deliveries, options } = parts
  const { facts } = options
  /** What could not be given to the program as it started is its first message. */
  const begun = ({ id, backend }: Session, { prompt, initialWork }: SpawnRequest): SessionId => {
    const text = prompt ?? (initialWork === undefined ? undefined : workPrompt(initialWork))
    if (text !== undefined && parts.backends[backend]?.capabilities.takesFirstPrompt === false)
      messages.send(id, { type: 'nudge', body: text }, initialWork === undefined ? {} : { workId: initialWork.id })
    return id
  }
  return {
    async spawnSession(request) {
      parts.refuseWhenStopping()
      return begun(await spawner.spawn(request), request)
    },
    async terminateSession(id, { isForced = false } = {}) {
      const agent = live.get(id)
      if (isLive(parts.session(id)) && agent !== undefined) {
        await agent.terminate(isForced)
        return
      }
      // Its worktree is still being prepared: the start fails and takes back what it has made.
      if (parts.places.worktrees.abort(id)) return
      await removeWithSession(id, isForced, parts)
    },
    getSession: async (id) => parts.session(id),
    async listSessions(filter = {}) {
      const wanted = Object.entries(filter) as [keyof SessionFilter, string | undefined][]
      return sessionsOf(facts.fleet).filter((session) =>
        wanted.every(([field, value]) => value === undefined || session[field] === value),
      )
    },
    async interrupt(id) {
      const agent = parts.requireLive(id)
      agent.note({ source: 'operator', what: 'interrupt' })
      await agent.agent.interrupt()
    },
    async resume(id) {
      parts.refuseWhenStopping()
      const session = parts.session(id)
      live.note(id, { source: 'operator', what: 'resume' })
      await spawner.resume(session)
      deliveries.pump(id)
    },
    async fork(id, request = {}) {
      parts.refuseWhenStopping()
      const origin = parts.session(id)
      checkForkable(origin, parts.backends[origin.backend])
      live.note(id, { source: 'operator', what: 'fork' })
      return begun(await spawner.spawn(forkRequest(origin, request, facts.fleet), origin), request)
    },
    async pause(id) {
      const { isPaused, state, agentName: name, need } = parts.session(id)
      if (isPaused === true) return
      if (!isLive(parts.session(id))) fail('session.not-live', { name, state })
      live.note(id, { source: 'operator', what: 'pause' })
      facts.append({ type: 'session.paused', id, why: 'by the operator' })
      // Nobody counts the silence of a session that is paused.
      if (need?.kind === 'stalled')
        facts.append({ type: 'session.need-cleared', id, needId: need.id, outcome: 'withdrawn' })
    },
    async unpause(id) {
      if (parts.session(id).isPaused !== true) return
      live.note(id, { source: 'operator', what: 'unpause' })
      facts.append({ type: 'session.unpaused', id, why: 'by the operator' })
    },
    screen: async (id, request = {}) => screenText(shownScreen(parts, id), parts.session(id).size, request),
    explain: async (id) => live.explain(parts.session(id)),
    history: async (id, limit) => facts.about(parts.session(id).id, limit),
  }
}
