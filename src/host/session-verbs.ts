import { sessionsOf } from '../core/fleet.ts'
import type { Orchestrator, SessionFilter } from '../core/orchestrator.ts'
import { isLive } from '../core/session.ts'
import { workPrompt } from '../core/work.ts'
import type { HostParts } from './host-parts.ts'
import { screenText } from './screen-text.ts'
import { removeWithSession } from './worktree-verbs.ts'

type SessionVerb =
  | 'spawnSession'
  | 'terminateSession'
  | 'getSession'
  | 'listSessions'
  | 'interrupt'
  | 'resume'
  | 'screen'
  | 'explain'
  | 'history'

/** Starting, looking at and ending sessions. */
export function sessionVerbs(parts: HostParts): Pick<Orchestrator, SessionVerb> {
  const { live, spawner, messages, deliveries, options } = parts
  const { facts } = options
  return {
    async spawnSession(request) {
      parts.refuseWhenStopping()
      const session = await spawner.spawn(request)
      const { initialWork, prompt } = request
      const text = prompt ?? (initialWork === undefined ? undefined : workPrompt(initialWork))
      if (text !== undefined && parts.backends[session.backend]?.capabilities.takesFirstPrompt === false)
        messages.send(
          session.id,
          { type: 'nudge', body: text },
          initialWork === undefined ? {} : { workId: initialWork.id },
        )
      return session.id
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
    screen: async (id, request = {}) => screenText(live.get(id)?.screen, parts.session(id).size, request),
    explain: async (id) => live.explain(parts.session(id)),
    history: async (id, limit) => facts.about(parts.session(id).id, limit),
  }
}
