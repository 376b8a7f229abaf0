import { type ControlError, EXIT, toControlError } from '../../core/errors.ts'
import type { SessionId } from '../../core/ids.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import type { Session } from '../../core/session.ts'
import type { HostConnection } from '../context.ts'
import { argumentsAt, type VerbHandler, type VerbInput } from '../verb-input.ts'

/** What is done to each of several sessions. */
export interface SessionAct {
  /** What has happened to a session afterwards, in one word. */
  readonly done: string
  readonly act: (connection: HostConnection, id: SessionId, input: VerbInput) => Promise<void>
}

/** What became of one session. */
interface Outcome {
  readonly id: string | null
  readonly name: string
  readonly error: ControlError | undefined
}

/** The verb that does this to every session it is given; one that refuses does not keep the others. */
export function forEachSession({ done, act }: SessionAct): VerbHandler {
  return async (context, input) => {
    const connection = await context.connect()
    const sessions = await connection.listSessions()
    const attempt = async (name: string): Promise<Outcome> => {
      let session: Session | undefined
      try {
        session = resolveSession(sessions, name)
        await act(connection, session.id, input)
        return { id: session.id, name: fullName(session), error: undefined }
      } catch (error) {
        const shown = session === undefined ? name : fullName(session)
        return { id: session?.id ?? null, name: shown, error: toControlError(error) }
      }
    }
    const outcomes = await Promise.all([...new Set(argumentsAt(input, 0))].map(attempt))
    const [failed] = outcomes.flatMap(({ error }) => error ?? [])
    return {
      json: outcomes.map(toJson),
      text: outcomes.flatMap(({ error, name }) => (error === undefined ? [`${done}  ${name}`] : [])).join('\n'),
      notes: outcomes.flatMap(({ error }) =>
        error === undefined ? [] : [`signalbox: ${error.message}\n  ${error.hint}`],
      ),
      exit: failed?.exit ?? EXIT.ok,
    }
  }
}

function toJson({ id, name, error }: Outcome) {
  if (error === undefined) return { id, name, ok: true, error: null }
  const { code, message, hint } = error
  return { id, name, ok: false, error: { code, message, hint } }
}
