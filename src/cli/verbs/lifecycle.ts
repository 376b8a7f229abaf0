import { type ControlError, EXIT, fail, toControlError } from '../../core/errors.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import { isLive, type Session } from '../../core/session.ts'
import type { HostConnection } from '../context.ts'
import { argumentAt, argumentsAt, hasOption, type VerbHandler } from '../verb-input.ts'
import { sessionOutput } from './spawn.ts'

/** Stops an agent's turn. */
export const interrupt: VerbHandler = steer('interrupt')

/** Starts an ended session again. */
export const resume: VerbHandler = steer('resume')

function steer(action: 'interrupt' | 'resume'): VerbHandler {
  return async (context, input) => {
    const connection = await context.connect()
    const { id } = resolveSession(await connection.listSessions(), argumentAt(input, 0))
    await connection[action](id)
    return sessionOutput(connection, await connection.getSession(id))
  }
}

/** Types into a session from this terminal. */
export const attach: VerbHandler = async (context, input) => {
  if (!context.isTty || input.isJson) fail('terminal.required', { verb: 'attach' })
  const connection = await context.connect()
  const session = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  connection.close()
  if (!isLive(session)) fail('session.not-live', { name: fullName(session), state: session.state })
  await context.openRoom({ attach: session.id })
  return undefined
}

/** What became of one session that was to be stopped. */
interface StopOutcome {
  readonly id: string | null
  readonly name: string
  readonly ok: boolean
  readonly error: ControlError | undefined
}

/** Ends sessions; one that cannot be ended does not keep the others. */
export const stop: VerbHandler = async (context, input) => {
  const connection = await context.connect()
  const sessions = await connection.listSessions()
  const isForced = hasOption(input, 'force')
  const names = [...new Set(argumentsAt(input, 0))]
  const outcomes = await Promise.all(names.map((name) => stopOne({ connection, sessions, isForced }, name)))
  const [failed] = outcomes.flatMap(({ error }) => error ?? [])
  return {
    json: outcomes.map(({ error, ...rest }) => ({ ...rest, error: error === undefined ? null : toJson(error) })),
    text: outcomes
      .filter(({ ok }) => ok)
      .map(({ name }) => `stopped  ${name}`)
      .join('\n'),
    notes: outcomes.flatMap(({ error }) =>
      error === undefined ? [] : [`signalbox: ${error.message}\n  ${error.hint}`],
    ),
    exit: failed?.exit ?? EXIT.ok,
  }
}

interface StopContext {
  readonly connection: Pick<HostConnection, 'terminateSession'>
  readonly sessions: readonly Session[]
  readonly isForced: boolean
}

async function stopOne({ connection, sessions, isForced }: StopContext, name: string): Promise<StopOutcome> {
  let session: Session | undefined
  try {
    session = resolveSession(sessions, name)
    await connection.terminateSession(session.id, { isForced })
    return { id: session.id, name: fullName(session), ok: true, error: undefined }
  } catch (error) {
    const shown = session === undefined ? name : fullName(session)
    return { id: session?.id ?? null, name: shown, ok: false, error: toControlError(error) }
  }
}

function toJson({ code, message, hint }: ControlError) {
  return { code, message, hint }
}
