import { type Config, loadConfig } from '../config/load.ts'
import { checkedName, DEFAULT_ROLES, defaultAgentName, isSingleRole } from '../config/names.ts'
import { warningsFor } from '../config/runtime.ts'
import { type Selection, selectRuntime } from '../config/select.ts'
import { warningText } from '../config/settings-file.ts'
import { fail } from '../core/errors.ts'
import { isLive, type Size, type SpawnRequest } from '../core/session.ts'
import type { WorkOrder } from '../core/work.ts'
import type { HostConnection, VerbContext } from './context.ts'

/** What the operator said about a new session; everything that is absent is chosen. */
export interface StartRequest {
  readonly backend?: string | undefined
  readonly role: string
  readonly rig?: string | undefined
  /** Absolute. */
  readonly directory: string
  readonly name?: string | undefined
  readonly prompt?: string | undefined
  readonly work?: WorkOrder
  readonly size?: Size | undefined
  readonly args?: readonly string[]
}

/** A new session as it would be started. */
export interface StartPlan {
  readonly spawn: SpawnRequest & { readonly backend: string; readonly rig: string }
  /** The name it would get now; a name that nobody gave is chosen by the host, so that two starts at once cannot collide. */
  readonly name: string
  readonly selection: Selection
  /** Sentences about settings that have no effect. */
  readonly notes: readonly string[]
}

/** Decides rig, backend and name. Starts nothing; throws what keeps the session from being started. */
export async function planStart(connection: HostConnection, request: StartRequest): Promise<StartPlan> {
  const { role, directory } = request
  const config = loadConfig(directory)
  checkRole(role, config)
  const rig = request.rig ?? config.rig.name
  const [sessions, health] = await Promise.all([connection.listSessions({ rig }), connection.healthCheck()])
  const taken = new Set(sessions.filter(isLive).map((session) => session.agentName))
  const agentName = fixedName({ role, rig, name: request.name }, taken)
  const selection = selectRuntime({ flag: request.backend, agentName, role, config, backends: health.backends })
  const { prompt, work, size, args } = request
  const spawn = {
    backend: selection.backend,
    role,
    rig,
    workDir: directory,
    ...(agentName === undefined ? {} : { agentName }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(work === undefined ? {} : { initialWork: work }),
    ...(size === undefined ? {} : { size }),
    ...(args === undefined || args.length === 0 ? {} : { args }),
  }
  const name = agentName ?? defaultAgentName(role, taken)
  return {
    spawn,
    name,
    selection,
    notes: warningsFor(config, selection.backend).map(warningText),
  }
}

/** Roles that may be given to a session: the ones that are always there and those of the settings. */
export function knownRoles(config: Config): readonly string[] {
  const said = [config.town?.settings, config.rig.settings].flatMap((settings) => [
    ...Object.keys(settings?.role_agents ?? {}),
    ...Object.keys(settings?.roles ?? {}),
  ])
  return [...new Set([...DEFAULT_ROLES, ...said])]
}

function checkRole(role: string, config: Config): void {
  const known = knownRoles(config)
  if (!known.includes(role)) fail('role.unknown', { role, known })
}

/** The name that was given, or that goes with the role; undefined when any free one will do. */
function fixedName(
  { role, rig, name }: { readonly role: string; readonly rig: string; readonly name: string | undefined },
  taken: ReadonlySet<string>,
): string | undefined {
  const fixed = name ?? (isSingleRole(role) ? role : undefined)
  if (fixed === undefined) return undefined
  return taken.has(fixed) ? fail('session.name-taken', { name: fixed, rig }) : checkedName('an agent', fixed)
}

/** Refuses a machine that is not this one. */
export function checkHost({ hostName }: VerbContext, host: string | undefined): void {
  if (host === undefined || host === 'local' || host === hostName) return
  fail('usage.invalid', {
    what: `--host takes "local" or the name of this machine ("${hostName}"), not "${host}"`,
    hint: 'Run signalbox on that machine to start sessions there.',
  })
}

/** `COLSxROWS` as a size. Throws `size.invalid`. */
export function parseSize(text: string): Size {
  const [, cols, rows] = /^(\d{1,4})x(\d{1,4})$/.exec(text) ?? []
  const size = { cols: Number(cols), rows: Number(rows) }
  const isRight = size.cols >= 20 && size.cols <= 500 && size.rows >= 5 && size.rows <= 200
  return isRight ? size : fail('size.invalid', { size: text })
}
