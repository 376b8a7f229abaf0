import { sessionsOf } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import type { Orchestrator, SessionFilter } from '../core/orchestrator.ts'
import { isLive, type Session, type SpawnRequest } from '../core/session.ts'
import { workPrompt } from '../core/work.ts'
import { checkForkable, forkRequest } from './fork.ts'
import type { HostParts } from './host-parts.ts'
import { screenText } from './screen-text.ts'
import { shownScreen } from './screen-verbs.ts'
import { type SteeringVerb, steeringVerbs } from './steering-verbs.ts'
import { removeWithSession } from './worktree-verbs.ts'

type StartVerb = 'spawnSession' | 'fork' | 'resume' | 'terminateSession'
type LookVerb = 'getSession' | 'listSessions' | 'screen' | 'explain' | 'history'

/** Starting, looking at, steering and ending sessions. */
export function sessionVerbs(parts: HostParts): Pick<Orchestrator, StartVerb | LookVerb | SteeringVerb> {
  return { ...startVerbs(parts), ...lookVerbs(parts), ...steeringVerbs(parts) }
}

function startVerbs(parts: HostParts): Pick<Orchestrator, StartVerb> {
  const { live, spawner, deliveries, options } = parts
  return {
    async spawnSession(request) {
      parts.refuseWhenStopping()
      return begun(await spawner.spawn(request), request, parts)
    },
    async fork(id, request = {}) {
      parts.refuseWhenStopping()
      const origin = parts.session(id)
      checkForkable(origin, parts.backends[origin.backend])
      live.note(id, { source: 'operator', what: 'fork' })
      const asked = forkRequest(origin, request, options.facts.fleet)
      return begun(await spawner.spawn(asked, { origin }), asked, parts)
    },
    async resume(id) {
      parts.refuseWhenStopping()
      const session = parts.session(id)
      live.note(id, { source: 'operator', what: 'resume' })
      await spawner.resume(session)
      deliveries.pump(id)
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
  }
}

/** What could not be given to the program as it started is its first message. */
function begun({ id, backend }: Session, { prompt, initialWork }: SpawnRequest, parts: HostParts): SessionId {
  const text = prompt ?? (initialWork === undefined ? undefined : workPrompt(initialWork))
  if (text === undefined || parts.backends[backend]?.capabilities.takesFirstPrompt !== false) return id
  const about = initialWork === undefined ? {} : { workId: initialWork.id }
  parts.messages.send(id, { type: 'nudge', body: text }, about)
  return id
}

function lookVerbs(parts: HostParts): Pick<Orchestrator, LookVerb> {
  const { facts } = parts.options
  return {
    getSession: async (id) => parts.session(id),
    async listSessions(filter = {}) {
      const wanted = Object.entries(filter) as [keyof SessionFilter, string | undefined][]
      return sessionsOf(facts.fleet).filter((session) =>
        wanted.every(([field, value]) => value === undefined || session[field] === value),
      )
    },
    screen: async (id, request = {}) => screenText(shownScreen(parts, id), parts.session(id).size, request),
    explain: async (id) => parts.live.explain(parts.session(id)),
    history: async (id, limit) => facts.about(parts.session(id).id, limit),
  }
}
