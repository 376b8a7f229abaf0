import { fail } from '../../core/errors.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import { isLive } from '../../core/session.ts'
import { argumentAt, hasOption, type VerbHandler } from '../verb-input.ts'
import { forEachSession } from './each-session.ts'
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

/** Ends sessions. */
export const stop = forEachSession({
  done: 'stopped',
  act: (connection, id, input) => connection.terminateSession(id, { isForced: hasOption(input, 'force') }),
})

/** Keeps everything away from sessions whose agents go on. */
export const pause = forEachSession({ done: 'paused', act: (connection, id) => connection.pause(id) })

/** Lets sessions have what waited for them. */
export const unpause = forEachSession({ done: 'goes on', act: (connection, id) => connection.unpause(id) })
