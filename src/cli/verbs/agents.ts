import { sessionsOf } from '../../core/fleet.ts'
import type { SessionFilter } from '../../core/orchestrator.ts'
import type { Activity, Session, SessionState } from '../../core/session.ts'
import { toSessionInfo } from '../../core/session.ts'
import type { HostConnection, VerbContext } from '../context.ts'
import { jsonText, type Output, sessionsText } from '../print.ts'
import { choiceOption, hasOption, textOption, type VerbHandler, type VerbInput } from '../verb-input.ts'
import { followFleet, hostGone } from '../watch.ts'

const STATES: readonly SessionState[] = ['starting', 'running', 'paused', 'stopped', 'failed']
const ACTIVITIES: readonly Activity[] = ['working', 'waiting', 'idle', 'unknown']

/** Facts come in bursts: the table is printed at most this often. */
const REDRAW_MS = 200

const CLEAR_SCREEN = '\x1b[H\x1b[2J'

/** Lists the sessions, once or again and again. */
export const agents: VerbHandler = async (context, input) => {
  const filter = filterOptions(input)
  const connection = await context.connect()
  if (hasOption(input, 'watch')) return watch({ context, connection, filter, isJson: input.isJson })
  return sessionsOutput(await connection.listSessions(filter), { context, connection })
}

/** Sessions as a table, and as an array of SessionInfo. */
export function sessionsOutput(
  sessions: readonly Session[],
  { context, connection }: { readonly context: VerbContext; readonly connection: HostConnection },
): Output {
  return { json: infosOf(sessions, connection), text: sessionsText(sessions, context.now()) }
}

/** The filter that the options of a verb describe. */
export function filterOptions(input: VerbInput): SessionFilter {
  const [backend, rig, role] = ['backend', 'rig', 'role'].map((name) => textOption(input, name))
  const state = choiceOption(input, 'state', STATES)
  const activity = choiceOption(input, 'activity', ACTIVITIES)
  return {
    ...(backend === undefined ? {} : { backend }),
    ...(rig === undefined ? {} : { rig }),
    ...(role === undefined ? {} : { role }),
    ...(state === undefined ? {} : { state }),
    ...(activity === undefined ? {} : { activity }),
  }
}

/** Whether a session matches every field of a filter. */
export function matches(session: Session, filter: SessionFilter): boolean {
  const { backend, rig, role, state, activity } = session
  const actual: SessionFilter = { backend, rig, role, state, activity }
  return (Object.keys(filter) as (keyof SessionFilter)[]).every((field) => filter[field] === actual[field])
}

interface Watch {
  readonly context: VerbContext
  readonly connection: HostConnection
  readonly filter: SessionFilter
  readonly isJson: boolean
}

/** Prints until the host or the reader goes away. */
async function watch({ context, connection, filter, isJson }: Watch): Promise<undefined> {
  const { promise: broken, reject } = Promise.withResolvers<never>()
  let shown: readonly Session[] = []
  let printed: readonly Session[] | undefined
  let timer: NodeJS.Timeout | undefined
  const print = (): void => {
    timer = undefined
    if (printed !== undefined && isSame(printed, shown)) return
    printed = shown
    const text = isJson ? jsonText(infosOf(shown, connection)) : sessionsText(shown, context.now())
    context.stdout.write(`${!isJson && context.isTty ? CLEAR_SCREEN : ''}${text}\n`).catch(reject)
  }
  const stop = followFleet(
    connection,
    (fleet) => {
      shown = sessionsOf(fleet).filter((session) => matches(session, filter))
      if (printed === undefined) print()
      else timer ??= setTimeout(print, REDRAW_MS)
    },
    reject,
  )
  try {
    return await Promise.race([hostGone(connection), broken])
  } finally {
    clearTimeout(timer)
    await stop()
  }
}

function isSame(one: readonly Session[], other: readonly Session[]): boolean {
  return one.length === other.length && one.every((session, index) => session === other[index])
}

function infosOf(sessions: readonly Session[], connection: HostConnection) {
  return sessions.map((session) => toSessionInfo(session, connection.hostName))
}
