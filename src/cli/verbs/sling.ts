import { checkedName, isSingleRole } from '../../config/names.ts'
import { fail } from '../../core/errors.ts'
import { workId } from '../../core/ids.ts'
import { parseObject } from '../../core/json.ts'
import { fullName } from '../../core/resolve.ts'
import { isLive, type Session, settingsDirectoryOf } from '../../core/session.ts'
import { OWN_WORDS, WORK_TYPES, type WorkOrder } from '../../core/work.ts'
import type { HostConnection, VerbContext } from '../context.ts'
import { findRig } from '../find-rig.ts'
import type { Output } from '../print.ts'
import { dryRun, placeOf, slungOutput } from '../sling-plan.ts'
import { checkHost, planStart } from '../start-session.ts'
import {
  argumentAt,
  choiceOption,
  hasOption,
  numberOption,
  textOption,
  type VerbHandler,
  type VerbInput,
} from '../verb-input.ts'

/** Gives work to a rig: to the named session, to one that is idle, or to a new one; it waits in the queue until then. */
export const sling: VerbHandler = async (context, input) => {
  const work = workOrder(context, input)
  const backend = backendOption(input)
  const name = textOption(input, 'name')
  if (name !== undefined) checkedName('an agent', name)
  const role = checkedName('a role', textOption(input, 'role') ?? 'polecat')
  checkHost(context, textOption(input, 'host'))
  const connection = await context.connect()
  const rig = await findRig(context, connection, argumentAt(input, 1))
  const batch = textOption(input, 'batch')
  const isDryRun = hasOption(input, 'dryRun')
  const existing = await named(connection, rig.name, name ?? (isSingleRole(role) ? role : undefined))
  if (existing !== undefined) return assign(connection, existing, { work, backend, batch, isDryRun })
  const request = { backend, role, rig: rig.name, directory: rig.directory, name, work, args: input.rest }
  const plan = await planStart(connection, request)
  if (isDryRun) return dryRun(connection, plan, work)
  const place = { ...placeOf(plan), backend: backend ?? null }
  const unit = await connection.queueWork({ work, place, ...(batch === undefined ? {} : { batch }) })
  const output = await slungOutput(connection, unit, plan.selection.why)
  return { ...output, notes: [...plan.notes, ...(output.notes ?? [])] }
}

async function named(connection: HostConnection, rig: string, name: string | undefined): Promise<Session | undefined> {
  if (name === undefined) return undefined
  return (await connection.listSessions({ rig })).find((each) => isLive(each) && each.agentName === name)
}

interface Assignment {
  readonly work: WorkOrder
  readonly backend: string | undefined
  readonly batch: string | undefined
  readonly isDryRun: boolean
}

async function assign(connection: HostConnection, session: Session, assignment: Assignment): Promise<Output> {
  const { work, backend, batch, isDryRun } = assignment
  const name = fullName(session)
  if (backend !== undefined && backend !== session.backend) {
    fail('usage.invalid', {
      what: `${name} runs on ${session.backend}, not on ${backend}; nothing was assigned`,
      hint: 'Leave the backend out, or give another --name to start a new session.',
    })
  }
  const why = `${session.backend}, because ${name} runs on it`
  if (isDryRun) {
    const json = { action: 'assign', session: session.id, name, backend: session.backend, why, work }
    return { json, text: `would assign ${work.id} to ${name} (${why})` }
  }
  const { rig, role, agentName, args } = session
  const workDir = settingsDirectoryOf(session)
  const place = { rig, role, workDir, agentName, args, backend: session.backend }
  const unit = await connection.queueWork({ work, place, ...(batch === undefined ? {} : { batch }) })
  return slungOutput(connection, unit, why)
}

function workOrder(context: VerbContext, input: VerbInput): WorkOrder {
  const work = argumentAt(input, 0).trim()
  if (work === '') fail('usage.invalid', { what: 'The work has no text; nothing was started' })
  const message = textOption(input, 'message')
  const isId = /^[\w.:#/-]{1,64}$/.test(work)
  return {
    id: workId(isId ? work : context.newId()),
    type: choiceOption(input, 'type', WORK_TYPES) ?? 'task',
    // What the agent is told; the operator's own words for the work stay with it.
    description: message ?? work,
    payload: { ...payloadOption(input), ...(message === undefined ? {} : { [OWN_WORDS]: work }) },
    priority: numberOption(input, 'priority', Number.MIN_SAFE_INTEGER) ?? 0,
  }
}

function payloadOption(input: VerbInput): WorkOrder['payload'] {
  const given = textOption(input, 'payload')
  if (given === undefined) return {}
  const payload = parseObject(given)
  if (payload === undefined) {
    return fail('usage.invalid', {
      what: '--payload is not a JSON object; nothing was started',
      hint: `For example: --payload '{"branch": "main"}'`,
    })
  }
  if (!Object.hasOwn(payload, OWN_WORDS)) return payload
  return fail('usage.invalid', { what: `"${OWN_WORDS}" in --payload is the work itself; nothing was started` })
}

function backendOption(input: VerbInput): string | undefined {
  const [agent, backend] = [textOption(input, 'agent'), textOption(input, 'backend')]
  if (agent !== undefined && backend !== undefined && agent !== backend) {
    fail('usage.invalid', { what: `--agent ${agent} and --backend ${backend} contradict each other` })
  }
  return backend ?? agent
}
