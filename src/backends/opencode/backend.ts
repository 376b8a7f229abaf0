import { fail } from '../../core/errors.ts'
import type { BackendHealth } from '../../core/facts.ts'
import type { Backend, BackendContext } from '../backend.ts'
import { openAgent } from './agent.ts'
import { Hub } from './hub.ts'
import { checkProgram, createVersionCache } from './program.ts'

/** The opencode backend: all sessions of a host live on one `opencode serve`, which is started for the first of them. */
export function createOpencodeBackend(context: BackendContext): Backend {
  const versionOf = createVersionCache(context.env)
  let command = 'opencode'
  let program = command
  const health = async (): Promise<BackendHealth> => {
    const found = await checkProgram(context.env, versionOf, command)
    program = found.program ?? program
    return found
  }
  const hub = new Hub({ ...context, health })
  /** All sessions share one server, so that they have to agree on the program it is. */
  const agreeOn = (wanted = 'opencode'): void => {
    if (wanted !== command && hub.isStarted) {
      fail('runtime.command-taken', { backend: 'opencode', running: command, wanted })
    }
    command = wanted
  }
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
    health,
    async open(request, port) {
      agreeOn(request.runtime?.command)
      return openAgent(request, port, { hub, program: () => program, now: context.now })
    },
    endUnused: () => hub.endUnused(),
    shutdown: () => hub.shutdown(),
  }
}
