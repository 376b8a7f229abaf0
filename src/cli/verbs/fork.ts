import { checkedName } from '../../config/names.ts'
import { resolveSession } from '../../core/resolve.ts'
import { argumentAt, textOption, type VerbHandler } from '../verb-input.ts'
import { sessionOutput } from './spawn.ts'

/** Starts another session with a copy of a conversation. */
export const fork: VerbHandler = async (context, input) => {
  const [name, prompt] = [textOption(input, 'name'), textOption(input, 'prompt')]
  const agentName = name === undefined ? undefined : checkedName('an agent', name)
  const connection = await context.connect()
  const { id } = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const forked = await connection.fork(id, {
    ...(agentName === undefined ? {} : { agentName }),
    ...(prompt === undefined ? {} : { prompt }),
  })
  return sessionOutput(connection, await connection.getSession(forked))
}
