import type { Backend } from '../backends/backend.ts'
import { fail, toControlError } from '../core/errors.ts'
import { type Fleet, namesTaken } from '../core/fleet.ts'
import { exitedNeed } from '../core/freshness.ts'
import { needId, type SessionId } from '../core/ids.ts'
import { isLive, type Session, settingsDirectoryOf } from '../core/session.ts'
import { checkFileRoom } from './file-room.ts'
import { type LaunchOptions, launch } from './launching.ts'
import type { Log } from './log.ts'
import type { Places } from './places.ts'
import { spawnManner } from './spawn-manner.ts'
import { finishTree } from './spawn-worktree.ts'

/** What it takes to start a session that ended. */
export interface ResumeOptions extends LaunchOptions {
  readonly backends: Readonly<Record<string, Backend>>
  readonly now: () => number
  readonly newId: () => string
  readonly places: Places
  readonly log: Log
  /** Whether the host itself is ending: then no start can succeed any more. */
  readonly isStopping: () => boolean
  /** Ends the agent that a session had under an earlier host, if it still runs: there must never be two on one conversation. */
  readonly endAgentOf: (session: Session) => Promise<void>
  /** Forgets a live session and releases what it had. */
  readonly release: (id: SessionId) => void
}

/** Starts an ended session again, with its conversation where the agent can. When that fails it stays, with a need that says why. */
export async function resumeSession({ id, agentName }: Session, options: ResumeOptions): Promise<void> {
  const { facts, endAgentOf } = options
  const session = facts.fleet.sessions[id] ?? fail('session.not-found', { name: agentName })
  if (isLive(session))
    fail('usage.invalid', {
      what: `${agentName} is ${session.state} already`,
      hint: 'Only an ended session can be resumed.',
    })
  checkName(session, facts.fleet)
  const again: Session = { ...session, generation: session.generation + 1 }
  const { generation } = again
  options.release(id)
  facts.append({ type: 'session.relaunched', id, generation, why: 'resuming' })
  try {
    checkFileRoom()
    await endAgentOf(session)
    const backend = backendOf(session.backend, options)
    const config = options.places.config(settingsDirectoryOf(session))
    await finishTree(session, config, options)
    const manner = spawnManner(session, config)
    const isResume = backend.capabilities.canResume
    await launch(again, { backend, manner, env: {}, prompt: session.firstPrompt, isResume }, options)
  } catch (error) {
    recordFailure(again, toControlError(error).message, options)
    throw error
  }
}

/** While it was away another one may have taken its name: two would be one address. */
function checkName({ id, rig, agentName }: Session, fleet: Fleet): void {
  const { [id]: _, ...sessions } = fleet.sessions
  if (namesTaken({ ...fleet, sessions }, rig).has(agentName)) fail('session.name-taken', { name: agentName, rig })
}

/** The backend of this name; throws `backend.unknown`. */
export function backendOf(name: string, { backends }: Pick<ResumeOptions, 'backends'>): Backend {
  return backends[name] ?? fail('backend.unknown', { backend: name, known: Object.keys(backends) })
}

function recordFailure(session: Session, why: string, { facts, newId, now, isStopping }: ResumeOptions): void {
  const { id } = session
  const exit = { code: undefined, signal: undefined }
  if (isStopping()) {
    const isOver = facts.fleet.sessions[id]?.state !== 'starting'
    if (!isOver) facts.append({ type: 'session.exited', id, exit, why: 'its host was stopped', failed: false })
    return
  }
  const need = { ...exitedNeed(session, why, []), id: needId(newId()), raisedAt: now() }
  facts.append(
    { type: 'session.exited', id, exit, why, failed: true },
    { type: 'session.need-raised', id, need, source: 'process' },
  )
}
