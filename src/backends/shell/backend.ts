import { fail } from '../../core/errors.ts'
import type { Agent, AgentPort, Backend, OpenRequest } from '../backend.ts'
import { createShellAgent } from './agent.ts'

/** Any command in a terminal: nothing is known of it but its output and its end. */
export function createShellBackend(): Backend {
  return {
    name: 'shell',
    capabilities: {
      surface: 'pty',
      hasSignals: false,
      confirmsPrompts: false,
      canResume: false,
      canInterrupt: false,
      canFork: false,
      hasOwnEnvironment: true,
      takesFirstPrompt: false,
      answers: [],
    },
    defaults: { limit: 50, readyDeadlineMs: 10_000 },
    health: async () => ({ status: 'ready', detail: 'Runs any command you give after `--`.' }),
    open,
    shutdown: async () => undefined,
  }
}

async function open(request: OpenRequest, port: AgentPort): Promise<Agent> {
  const [program, ...args] = request.args[0] === '--' ? request.args.slice(1) : request.args
  if (program === undefined) {
    const hint = 'Give it after `--`, for example: signalbox spawn --backend shell -- bash'
    fail('usage.invalid', { what: 'The shell backend needs a command; nothing was started', hint })
  }
  const terminal = await port.startProcess({ program, args, env: request.env, cwd: request.workDir })
  return createShellAgent(request.agentName, terminal, port)
}
