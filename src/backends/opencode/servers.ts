import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BackendHealth } from '../../core/facts.ts'
import type { BackendContext } from '../backend.ts'
import { Hub } from './hub.ts'
import { endLeftServer } from './left-server.ts'
import { checkProgram, createVersionCache } from './program.ts'

/** What runs the sessions of a rig that says nothing else. */
const USUAL_COMMAND = 'opencode'

/** The server of one program. */
export interface Served {
  readonly hub: Hub
  /** Where the program is, as far as is known. */
  readonly program: () => string
}

/** The servers of a host: one for each program that rigs want opencode to be, and each started for its first session. */
export interface Servers {
  /** The server of a rig's own program, or of the usual one. */
  at(command?: string): Served
  /** The usual program. */
  health(): Promise<BackendHealth>
  /** Ends the servers of an earlier host that no session here is on. */
  endUnused(): Promise<void>
  shutdown(): Promise<void>
}

/** No server is started, and nothing is looked for, before it is asked for. */
export function createServers(context: BackendContext): Servers {
  const { env, directory, log, onHealth, alone } = context
  const versionOf = createVersionCache(env, alone)
  const known = new Map<string, Served>()
  const troubles = new Map<string, string>()
  const health = () => checkProgram(env, versionOf, USUAL_COMMAND)

  /** The health of the backend is that of the usual program; of another one its troubles are told. */
  async function tell(command: string, found: BackendHealth): Promise<void> {
    if (command !== USUAL_COMMAND && found.status !== 'ready') troubles.set(command, found.detail)
    else troubles.delete(command)
    const usual = command === USUAL_COMMAND ? found : await health()
    const [trouble] = troubles
    if (usual.status !== 'ready' || trouble === undefined) onHealth(usual)
    else onHealth({ ...usual, status: 'degraded', detail: trouble.join(': ') })
  }

  function serve(command: string): Served {
    let program = command
    const own = directoryOf(directory, command)
    mkdirSync(own, { recursive: true, mode: 0o700 })
    const hub = new Hub({
      ...context,
      command,
      directory: own,
      async health() {
        const found = await checkProgram(env, versionOf, command)
        program = found.program ?? program
        return found
      },
      onHealth: (found) => void tell(command, found),
    })
    return { hub, program: () => program }
  }

  function at(command = USUAL_COMMAND): Served {
    const served = known.get(command) ?? serve(command)
    known.set(command, served)
    return served
  }

  async function endLeft(): Promise<void> {
    const mine = new Set([...known.keys()].map((command) => directoryOf(directory, command)))
    const left = [directory, ...directoriesIn(directory)].filter((each) => !mine.has(each))
    await Promise.all(left.map((each) => endLeftServer(each, log)))
  }

  return {
    at,
    health,
    async endUnused() {
      await Promise.all([...[...known.values()].map(({ hub }) => hub.endUnused()), endLeft()])
    },
    async shutdown() {
      await Promise.all([...known.values()].map(({ hub }) => hub.shutdown()))
      await endLeft()
    },
  }
}

/** The usual server has the directory of the backend itself, every other one a directory in it. */
function directoryOf(directory: string, command: string): string {
  if (command === USUAL_COMMAND) return directory
  return join(directory, `server-${createHash('sha256').update(command).digest('hex').slice(0, 12)}`)
}

function directoriesIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('server-'))
    .map((entry) => join(directory, entry.name))
}
