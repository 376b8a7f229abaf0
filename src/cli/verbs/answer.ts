import { fail } from '../../core/errors.ts'
import type { Answer } from '../../core/need.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import { argumentAt, textOption, type VerbHandler, type VerbInput } from '../verb-input.ts'
import { sessionOutput } from './spawn.ts'

/** Answers what a session asks. */
export const answer: VerbHandler = async (context, input) => {
  const reply = parseAnswer(input)
  const connection = await context.connect()
  const session = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const { need } = session
  const expected = textOption(input, 'need')
  if (need === undefined || (expected !== undefined && expected !== need.id)) {
    return fail('need.gone', { name: fullName(session) })
  }
  await connection.answer(session.id, need.id, reply)
  return sessionOutput(connection, await connection.getSession(session.id))
}

function parseAnswer(input: VerbInput): Answer {
  const word = input.args[1]
  const text = textOption(input, 'text')
  if (word === 'deny') return text === undefined ? { kind: 'deny' } : { kind: 'deny', text }
  if (text !== undefined) return word === undefined ? { kind: 'text', text } : invalid('--text goes alone or with deny')
  if (word === 'allow' || word === 'always') return { kind: word }
  if (typeof word === 'string' && /^\d+$/.test(word)) return { kind: 'option', key: word }
  return invalid(word === undefined ? 'There is no answer' : `"${String(word)}" is not an answer`)
}

function invalid(what: string): never {
  return fail('usage.invalid', {
    what,
    hint: 'Answer with allow, always, deny, the number of an option, or --text TEXT.',
  })
}
