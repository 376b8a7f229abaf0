import { fail } from '../../core/errors.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import { answerTo, parseAnswer } from '../answer-words.ts'
import { argumentAt, textOption, type VerbHandler } from '../verb-input.ts'
import { sessionOutput } from './spawn.ts'

/** Answers what a session asks. */
export const answer: VerbHandler = async (context, input) => {
  const [, word] = input.args
  const words = parseAnswer(typeof word === 'string' ? word : undefined, textOption(input, 'text'))
  const connection = await context.connect()
  const session = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const { need } = session
  const name = fullName(session)
  const expected = textOption(input, 'need')
  if (need === undefined || (expected !== undefined && expected !== need.id)) return fail('need.gone', { name })
  await connection.answer(session.id, need.id, answerTo(need, words, name))
  return sessionOutput(connection, await connection.getSession(session.id))
}
