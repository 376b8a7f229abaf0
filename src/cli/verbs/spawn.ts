import { checkedName } from '../../config/names.ts'
import { type Session, toSessionInfo } from '../../core/session.ts'
import type { HostConnection } from '../context.ts'
import { existingDirectory, knownRig } from '../find-rig.ts'
import { type Output, sessionText } from '../print.ts'
import { checkHost, parseSize, planStart, type StartPlan } from '../start-session.ts'
import { textOption, type VerbHandler, type VerbInput } from '../verb-input.ts'

/** Starts one session. */
export const spawn: VerbHandler = async (context, input) => {
  const size = textOption(input, 'size')
  const rig = namedOption(input, 'rig', 'a rig')
  const given = textOption(input, 'dir')
  const here = await existingDirectory(context.cwd, given ?? '.')
  const request = {
    backend: textOption(input, 'backend'),
    role: namedOption(input, 'role', 'a role') ?? 'crew',
    rig,
    name: namedOption(input, 'name', 'an agent'),
    prompt: textOption(input, 'prompt'),
    size: size === undefined ? undefined : parseSize(size),
    args: input.rest,
  }
  checkHost(context, textOption(input, 'host'))
  const connection = await context.connect()
  // A rig that is known has a place of its own; any other name is a name for the current directory.
  const known = rig === undefined || given !== undefined ? undefined : await knownRig(context, connection, rig)
  return startedOutput(connection, await planStart(connection, { ...request, directory: known?.directory ?? here }))
}

/** Starts what was planned and says so. */
export async function startedOutput(connection: HostConnection, plan: StartPlan): Promise<Output> {
  const session = await connection.getSession(await connection.spawnSession(plan.spawn))
  return { ...sessionOutput(connection, session), notes: [...plan.notes, `${plan.selection.why}.`] }
}

/** One session as the result of a verb. */
export function sessionOutput(connection: HostConnection, session: Session): Output {
  return { json: toSessionInfo(session, connection.hostName), text: sessionText(session) }
}

function namedOption(input: VerbInput, name: string, what: string): string | undefined {
  const value = textOption(input, name)
  return value === undefined ? undefined : checkedName(what, value)
}
