import { join } from 'node:path'
import type { Backend, OpenRequest } from '../backends/backend.ts'
import { writeIdentity } from '../config/identity-file.ts'
import type { Paths } from '../config/paths.ts'
import { fail } from '../core/errors.ts'
import { IDENTITY_VARIABLES } from '../core/identity.ts'
import { roleGuide } from '../core/role-guide.ts'
import { type Session, wasAtWork } from '../core/session.ts'
import { shellWord } from '../core/shell-word.ts'
import { processStart } from '../wire/process-identity.ts'
import type { FactLog } from './fact-log.ts'
import type { Identities } from './identities.ts'
import type { LiveSession } from './live-session.ts'
import type { SpawnManner } from './spawn-manner.ts'
import { whenSettled } from './when-settled.ts'

/** Lines of the agent's last screen that a failed start shows. */
const LAST_WORDS_LINES = 6

/** What a launch needs of the host. */
export interface LaunchOptions {
  readonly facts: FactLog
  readonly newResumeId: () => string
  /** The operator's scrubbed environment. */
  readonly env: Readonly<Record<string, string>>
  readonly paths: Pick<Paths, 'sessions'>
  readonly identities: Identities
  /** Makes the live session and keeps it. */
  readonly admit: (session: Session, request: OpenRequest) => LiveSession
}

/** How one launch of a session is made. */
export interface Launch {
  readonly backend: Backend
  readonly prompt: string | undefined
  readonly isResume: boolean
  readonly env: Readonly<Record<string, string>>
  readonly manner: SpawnManner
}

/** Starts the agent of a session and waits until it is ready. Rejects when it is not; the live session is then for the caller to release. */
export async function launch(session: Session, launched: Launch, options: LaunchOptions): Promise<void> {
  const { backend, prompt, isResume, manner } = launched
  const identity = {
    [IDENTITY_VARIABLES.session]: session.id,
    [IDENTITY_VARIABLES.token]: options.identities.issue(session.id),
  }
  const live = options.admit(session, {
    id: session.id,
    agentName: session.agentName,
    role: session.role,
    workDir: session.workDir,
    resumeId: session.resumeId ?? options.newResumeId(),
    isResume,
    wasCutOff: isResume && wasAtWork(session),
    ...(session.origin === undefined ? {} : { forkOf: session.origin.resumeId }),
    prompt,
    args: session.args,
    size: session.size,
    env: {
      ...options.env,
      ...launched.env,
      ...identity,
    },
    directory: join(options.paths.sessions, session.id),
    ...manner.asked,
    ...instructionsFor(session, { command: commandOf(session, launched, options), said: manner.asked.instructions }),
  })
  const settled = whenSettled(options.facts, session.id, backend.defaults.readyDeadlineMs)
  try {
    await live.open()
    options.facts.append({
      type: 'session.launched',
      id: session.id,
      generation: session.generation,
      ...processOf(live.pid),
      ...(manner.notes.length === 0 ? {} : { settingsNotes: manner.notes }),
    })
    await requireStarted(session, live, {
      outcome: await settled.outcome,
      deadlineMs: backend.defaults.readyDeadlineMs,
    })
  } finally {
    settled.cancel()
  }
}

interface Telling {
  /** How its shell runs `signalbox`. */
  readonly command: string
  /** What the settings say about the role. */
  readonly said: string | undefined
}

/** What the agent is told besides its work: what the settings say, and how it reaches the others. */
function instructionsFor(session: Session, { command, said }: Telling): Pick<OpenRequest, 'instructions'> {
  const parts = [said, roleGuide(session, { command })].filter((part) => part !== undefined)
  return parts.length === 0 ? {} : { instructions: parts.join('\n\n') }
}

/** As it is where the session has an environment of its own; else with the name of the file that says who it is. */
function commandOf({ id }: Session, { backend }: Launch, { paths, identities }: LaunchOptions): string {
  if (backend.capabilities.hasOwnEnvironment) return 'signalbox'
  const file = join(paths.sessions, id, 'identity.json')
  writeIdentity(file, { session: id, token: identities.issue(id) })
  return `${IDENTITY_VARIABLES.file}=${shellWord(file)} signalbox`
}

interface Start {
  readonly outcome: 'running' | 'ended' | 'failed' | 'late'
  readonly deadlineMs: number
}

async function requireStarted(session: Session, live: LiveSession, start: Start): Promise<void> {
  if (start.outcome === 'running' || start.outcome === 'ended') return
  const screen = live.screen?.text({ lines: LAST_WORDS_LINES, fromBottom: true }).join(' / ').trim() ?? ''
  const name = session.agentName
  await live.terminate(true)
  const words = screen === '' ? 'nothing' : screen
  if (start.outcome === 'failed') fail('session.exited-early', { name, why: live.exitText, screen: words })
  fail('session.not-ready', {
    name,
    seconds: Math.round(start.deadlineMs / 1000),
    why: 'no sign of its prompt',
    screen: words,
  })
}

function processOf(pid: number | undefined): { readonly pid?: number; readonly processStart?: string } {
  if (pid === undefined) return {}
  const start = processStart(pid)
  return start === undefined ? { pid } : { pid, processStart: start }
}
