import type { Backend, BackendContext } from '../backend.ts'
import { openAgent } from './agent.ts'
import { createServers } from './servers.ts'

/** The opencode backend: all sessions of a host that run the same program live on one `opencode serve`, started for the first of them. */
export function createOpencodeBackend(context: BackendContext): Backend {
  const servers = createServers(context)
  return {
    name: 'opencode',
    capabilities: {
      surface: 'transcript',
      hasSignals: true,
      confirmsPrompts: true,
      canResume: true,
      canInterrupt: true,
      canFork: true,
      hasOwnEnvironment: false,
      takesFirstPrompt: true,
      answers: ['allow', 'always', 'deny', 'option', 'options', 'text'],
    },
    defaults: { limit: 20, readyDeadlineMs: 60_000 },
    health: servers.health,
    open: (request, port) => openAgent(request, port, { ...servers.at(request.runtime?.command), now: context.now }),
    endUnused: servers.endUnused,
    shutdown: servers.shutdown,
  }
}
