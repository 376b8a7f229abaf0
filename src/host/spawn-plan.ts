import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { checkedName, defaultAgentName, isSingleRole } from '../config/names.ts'
import { fail } from '../core/errors.ts'
import { type Fleet, namesListed, namesTaken } from '../core/fleet.ts'
import { sessionId } from '../core/ids.ts'
import { DEFAULT_SIZE, type Session, type Size, type SpawnRequest } from '../core/session.ts'
import { workPrompt } from '../core/work.ts'
import { checkFileRoom } from './file-room.ts'

const MIN_SIZE: Size = { cols: 20, rows: 5 }
const MAX_SIZE: Size = { cols: 500, rows: 200 }
export const DEFAULT_ROLE = 'crew'

export interface SpawnPlanContext {
  readonly fleet: Fleet
  readonly hostName: string
  readonly now: number
  readonly newId: () => string
  readonly newResumeId: () => string
  readonly backend: string
  /** Where the agent works, and the rig it belongs to unless the request names one. */
  readonly workDir: string
  readonly rig: string
  /** The session that it is a copy of. */
  readonly origin?: Session | undefined
  readonly isPooled?: boolean | undefined
}

/** The session that a request asks for, checked and completed; throws before anything is made. */
export function planSession(request: SpawnRequest, context: SpawnPlanContext): Session {
  checkFileRoom()
  const size = checkedSize(request.size ?? DEFAULT_SIZE)
  const role = checkedName('a role', request.role ?? DEFAULT_ROLE)
  const rig = checkedName('a rig', request.rig ?? context.rig)
  const taken = namesTaken(context.fleet, rig)
  const agentName = checkedName('an agent', request.agentName ?? freeName(role, context.fleet, rig))
  if (taken.has(agentName)) fail('session.name-taken', { name: agentName, rig })
  return {
    id: sessionId(context.newId()),
    generation: 1,
    backend: context.backend,
    role,
    agentName,
    rig,
    workDir: context.workDir,
    args: request.args ?? [],
    host: context.hostName,
    state: 'starting',
    activity: 'unknown',
    why: 'starting',
    source: 'host',
    since: context.now,
    startedAt: context.now,
    size,
    workUnits: [],
    queuedMessages: 0,
    resumeId: context.newResumeId(),
    unread: false,
    ...(context.isPooled === true ? { isPooled: true } : {}),
    ...(context.origin === undefined ? {} : sharedWith(context.origin)),
  }
}

/** What a copy has in common with the session it was made of: where both work, and what was said so far. */
function sharedWith({ id, resumeId, sourceDir, branch }: Session): Partial<Session> {
  return {
    ...(resumeId === undefined ? {} : { origin: { id, resumeId } }),
    ...(sourceDir === undefined ? {} : { sourceDir }),
    ...(branch === undefined ? {} : { branch }),
  }
}

/** What the new agent is told first. */
export function firstPrompt(request: SpawnRequest): string | undefined {
  if (request.prompt !== undefined && request.prompt.trim() !== '') return request.prompt
  return request.initialWork === undefined ? undefined : workPrompt(request.initialWork)
}

function checkedSize(size: Size): Size {
  const isWithin = (value: number, low: number, high: number): boolean =>
    Number.isInteger(value) && value >= low && value <= high
  if (isWithin(size.cols, MIN_SIZE.cols, MAX_SIZE.cols) && isWithin(size.rows, MIN_SIZE.rows, MAX_SIZE.rows))
    return size
  return fail('size.invalid', { size: `${size.cols}x${size.rows}` })
}

/** The real path of a directory that can be entered; throws `directory.missing`. */
export function checkedDirectory(directory: string): string {
  const path = resolve(directory)
  try {
    accessSync(path, constants.X_OK)
    if (statSync(path).isDirectory()) return realpathSync(path)
  } catch {
    // Whatever is wrong with it, the operator is told below that it cannot be entered.
  }
  return fail('directory.missing', { directory: path })
}

/** A single role's name is an address, which the next one of it takes over; any other word may be as new as the session. */
function freeName(role: string, fleet: Fleet, rig: string): string {
  return defaultAgentName(role, isSingleRole(role) ? namesTaken(fleet, rig) : namesListed(fleet, rig))
}
