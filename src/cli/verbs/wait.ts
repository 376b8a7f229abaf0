import { fail } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { ReceiptStatus } from '../../core/message.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import { isLive, type Session } from '../../core/session.ts'
import { argumentAt, choiceOption, timeoutOption, type VerbHandler } from '../verb-input.ts'
import { waitFor } from '../watch.ts'
import { sessionOutput } from './spawn.ts'

const GOALS = ['idle', 'need', 'exit'] as const
type Goal = (typeof GOALS)[number]

/** A message in one of these stages is about to make its session work. */
const UNDER_WAY: ReadonlySet<ReceiptStatus> = new Set(['queued', 'injected'])

/** Blocks until something is true of a session. */
export const wait: VerbHandler = async (context, input) => {
  const goal = choiceOption(input, 'for', GOALS) ?? 'idle'
  const timeoutMs = timeoutOption(input)
  const connection = await context.connect()
  const session = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const name = fullName(session)
  let last = session
  const reached = await waitFor(connection, {
    what: { idle: `${name} becoming idle`, need: `A need of ${name}`, exit: `The end of ${name}` }[goal],
    timeoutMs,
    when: (fleet) => {
      const current = fleet.sessions[session.id]
      last = current ?? { ...last, state: isLive(last) ? 'stopped' : last.state }
      return check(fleet, last, goal)
    },
  })
  return sessionOutput(connection, reached)
}

function check(fleet: Fleet, session: Session, goal: Goal): Session | undefined {
  if (!isLive(session)) {
    return goal === 'exit' ? session : fail('session.not-live', { name: fullName(session), state: session.state })
  }
  if (goal === 'exit') return undefined
  if (goal === 'need') return session.need === undefined ? undefined : session
  return isIdle(fleet, session) ? session : undefined
}

function isIdle(fleet: Fleet, session: Session): boolean {
  if (session.state !== 'running' || session.activity !== 'idle') return false
  return !Object.values(fleet.deliveries).some(
    ({ message, receipt }) => message.to === session.id && UNDER_WAY.has(receipt.status),
  )
}
