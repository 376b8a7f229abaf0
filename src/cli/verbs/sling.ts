import { checkedName } from '../../config/names.ts'
import { fail } from '../../core/errors.ts'
import { workId } from '../../core/ids.ts'
import { fullName } from '../../core/resolve.ts'
import { isLive, type Session } from '../../core/session.ts'
import { WORK_TYPES, type WorkOrder } from '../../core/work.ts'
import type { HostConnection, VerbContext } from '../context.ts'
import { findRig } from '../find-rig.ts'
import type { Output } from '../print.ts'
import { checkHost, planStart, type StartPlan } from '../start-session.ts'
import {
  argumentAt,
  choiceOption,
  hasOption,
  numberOption,
  textOption,
  type VerbHandler,
  type VerbInput,
} from '../verb-input.ts'
import { sessionOutput, startedOutput } from './spawn.ts'

/** Gives work to a rig: to the named session, or to a new one. */
export const sling: VerbHandler = async (context, input) => {
  const work = workOrder(context, input)
  const backend = backendOption(input)
  const name = textOption(input, 'name')
  if (name !== undefined) checkedName('an agent', name)
  const role = checkedName('a role', textOption(input, 'role') ?? 'polecat')
  checkHost(context, textOption(input, 'host'))
  const connection = await context.connect()
  const rig = await findRig(context, connection, argumentAt(input, 1))
  const isDryRun = hasOption(input, 'dryRun')
  const existing = (await connection.listSessions({ rig: rig.name })).find(
    (each) => isLive(each) && each.agentName === name,
  )
  if (existing !== undefined) return assign(connection, existing, { work, backend, isDryRun })
  const plan = await planStart(connection, {
    backend,
    role,
    rig: rig.name,
    directory: rig.directory,
    name,
    work,
    args: input.rest,
  })
  return isDryRun ? dryRun(plan, work) : startedOutput(connection, plan)
}

interface Assignment {
  readonly work: WorkOrder
  readonly backend: string | undefined
  readonly isDryRun: boolean
}

async function assign(connection: HostConnection, session: Session, assignment: Assignment): Promise<Output> {
  const { work, backend, isDryRun } = assignment
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
  await connection.assignWork(session.id, work)
  return { ...sessionOutput(connection, await connection.getSession(session.id)), notes: [`${why}.`] }
}

function dryRun({ spawn, name: agentName, selection, notes }: StartPlan, work: WorkOrder): Output {
  const { rig, backend, role, workDir } = spawn
  const name = `${rig}/${agentName}`
  return {
    json: { action: 'spawn', session: null, name, backend, role, workDir, why: selection.why, work },
    text: `would start ${name} as ${role} in ${workDir} and give it ${work.id} (${selection.why})`,
    notes,
  }
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
    payload: message === undefined ? {} : { work },
    priority: numberOption(input, 'priority', Number.MIN_SAFE_INTEGER) ?? 0,
  }
}

function backendOption(input: VerbInput): string | undefined {
  const [agent, backend] = [textOption(input, 'agent'), textOption(input, 'backend')]
  if (agent !== undefined && backend !== undefined && agent !== backend) {
    fail('usage.invalid', { what: `--agent ${agent} and --backend ${backend} contradict each other` })
  }
  return backend ?? agent
}
