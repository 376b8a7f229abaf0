import { resolve } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { checkedName, isTownRole, rigNameOf } from '../../config/names.ts'
import { fail } from '../../core/errors.ts'
import { fullName } from '../../core/resolve.ts'
import { isLive, type Session } from '../../core/session.ts'
import type { HostConnection, VerbContext } from '../context.ts'
import { existingDirectory } from '../find-rig.ts'
import type { Output } from '../print.ts'
import { planStart } from '../start-session.ts'
import { argumentAt, textOption, type VerbHandler, type VerbInput } from '../verb-input.ts'
import { sessionOutput, startedOutput } from './spawn.ts'

/** The verb of one role: attach to its session, start it or stop it. */
export function roleVerb(role: string): VerbHandler {
  return async (context, input) => {
    const action = argumentAt(input, 0)
    if (action === 'start') return start(context, input, role)
    if (action === 'stop') return stop(context, input, role)
    if (action === 'attach') return attach(context, input, role)
    return fail('usage.invalid', { what: `${role} takes attach, start or stop, not "${action}"` })
  }
}

async function start(context: VerbContext, input: VerbInput, role: string): Promise<Output> {
  const { directory, rig } = await placeOf(context, input, role)
  const backend = textOption(input, 'agent')
  const connection = await context.connect()
  const prompt = textOption(input, 'prompt')
  const plan = await planStart(connection, { role, directory, rig, backend, prompt, args: input.rest })
  return startedOutput(connection, plan)
}

async function stop(context: VerbContext, input: VerbInput, role: string): Promise<Output> {
  const connection = await context.connect()
  const session = await findSession(connection, role, await placeOf(context, input, role))
  await connection.terminateSession(session.id)
  return sessionOutput(connection, {
    ...session,
    state: 'stopped',
    activity: 'unknown',
    why: 'stopped by the operator',
  })
}

async function attach(context: VerbContext, input: VerbInput, role: string): Promise<undefined> {
  if (!context.isTty || input.isJson) fail('terminal.required', { verb: `${role} attach` })
  const connection = await context.connect()
  const { id } = await findSession(connection, role, await placeOf(context, input, role))
  connection.close()
  await context.openRoom({ attach: id })
  return undefined
}

interface Place {
  readonly directory: string
  readonly rig: string
  /** Whether the operator said which rig. */
  readonly isGiven: boolean
}

/** Where a role's session belongs: a role of the town is at home in the town's folder, all others in the rig. */
async function placeOf(context: VerbContext, input: VerbInput, role: string): Promise<Place> {
  const given = textOption(input, 'dir')
  const named = textOption(input, 'rig')
  const here = await existingDirectory(context.cwd, given ?? '.')
  const { town, rig } = loadConfig(here)
  const isAtTown = isTownRole(role) && given === undefined && town !== undefined
  const directory = isAtTown ? town.root : here
  const ownName = isAtTown ? rigNameOf(resolve(town.root).split('/').at(-1) ?? '') : rig.name
  return {
    directory,
    rig: named === undefined ? ownName : checkedName('a rig', named),
    isGiven: named !== undefined || given !== undefined,
  }
}

/** The live session of a role: the one of this rig, else the only one there is. */
async function findSession(connection: HostConnection, role: string, place: Place): Promise<Session> {
  const live = (await connection.listSessions({ role })).filter(isLive)
  const here = live.filter(({ rig }) => rig === place.rig)
  const candidates = here.length > 0 || place.isGiven ? here : live
  const [only, ...others] = candidates
  if (only === undefined) return fail('role.not-running', { role })
  return others.length === 0 ? only : fail('session.ambiguous', { name: role, matches: candidates.map(fullName) })
}
