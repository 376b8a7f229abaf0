import { fail } from '../../core/errors.ts'
import { sessionsOf } from '../../core/fleet.ts'
import { type WorkId, workId } from '../../core/ids.ts'
import { plainLine } from '../../core/plain-text.ts'
import { resolveSession } from '../../core/resolve.ts'
import { isOpen, type WorkStatus, type WorkUnit } from '../../core/work.ts'
import type { HostConnection, VerbContext } from '../context.ts'
import { ownSession } from '../own-session.ts'
import type { Output } from '../print.ts'
import { argumentAt, choiceOption, hasOption, textOption, type VerbHandler, type VerbInput } from '../verb-input.ts'
import { fleetNow } from '../watch.ts'
import { batchText, inOrder, poolText, unitText, workText } from '../work-table.ts'

const STATUSES: readonly WorkStatus[] = ['queued', 'assigned', 'accepted', 'done', 'failed', 'cancelled']

type Action = (connection: HostConnection, input: VerbInput, context: VerbContext) => Promise<Output>

/** Looks at work, and moves it. */
export const work: VerbHandler = async (context, input) => {
  const name = argumentAt(input, 0)
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (action === undefined)
    return fail('usage.invalid', {
      what: `work takes list, show, cancel, retry, assign or rebalance, not "${name}"`,
    })
  if (!WITHOUT_ID.has(name)) idOf(input)
  if (name === 'assign') argumentAt(input, 2)
  choiceOption(input, 'status', STATUSES)
  return action(await context.connect(), input, context)
}

const WITHOUT_ID: ReadonlySet<string> = new Set(['list', 'rebalance'])

const ACTIONS: Readonly<Record<string, Action>> = {
  async list(connection, input, context) {
    const fleet = await fleetNow(connection)
    const all = Object.values(fleet.work)
    const units = inOrder(all.filter(filterOf(input)))
    const batch = textOption(input, 'batch')
    const progress = batch === undefined ? undefined : batchText(all, batch)
    const table = workText(units, sessionsOf(fleet), context.now())
    // Work of a batch that is all done is not "no work".
    const text = progress === undefined ? table : units.length === 0 ? progress : `${table}\n${progress}`
    return { json: units, text }
  },
  async show(connection, input) {
    const id = idOf(input)
    const unit = (await fleetNow(connection)).work[id] ?? fail('work.not-found', { id })
    return { json: unit, text: detailsText(unit) }
  },
  cancel: async (connection, input) => unitOutput(await connection.endWork(idOf(input), { status: 'cancelled' })),
  retry: async (connection, input) => unitOutput(await connection.retryWork(idOf(input))),
  async assign(connection, input) {
    const session = resolveSession(await connection.listSessions(), argumentAt(input, 2))
    const note = textOption(input, 'note')
    const handoff = { to: session.id, ...(note === undefined ? {} : { note }) }
    return unitOutput(await connection.reassignWork(idOf(input), handoff))
  },
  async rebalance(connection, input) {
    const moved = await connection.rebalance(textOption(input, 'rig'))
    const text = moved.length === 0 ? 'Nothing could be moved.' : moved.map(unitText).join('\n')
    return { json: moved, text }
  },
}

/** Shows the pool, or holds it back. */
export const pool: VerbHandler = async (context, input) => {
  const [action] = input.args
  if (action !== undefined && action !== 'drain' && action !== 'resume')
    return fail('usage.invalid', { what: `pool takes drain or resume, not "${String(action)}"` })
  const connection = await context.connect()
  const status = await (action === 'drain'
    ? connection.drainPool()
    : action === 'resume'
      ? connection.resumePool()
      : connection.poolStatus())
  return { json: status, text: poolText(status) }
}

/** Says that work is done. */
export const done: VerbHandler = (context, input) => end(context, input, 'done')

/** Says that work cannot be done. */
export const failWork: VerbHandler = (context, input) => end(context, input, 'failed')

async function end(context: VerbContext, input: VerbInput, status: 'done' | 'failed'): Promise<Output> {
  const [text] = input.args
  const given = textOption(input, 'work')
  if (given === undefined && ownSession(context.env) === undefined)
    fail('usage.invalid', { what: 'Outside a session --work says which work it is' })
  const connection = await context.connect()
  const id = given === undefined ? await ownWork(context, connection) : workId(given)
  return unitOutput(await connection.endWork(id, { status, ...(typeof text === 'string' ? { result: text } : {}) }))
}

/** The newest open work of the session that this runs in. */
async function ownWork({ env }: VerbContext, connection: HostConnection): Promise<WorkId> {
  const id = ownSession(env)
  const units = id === undefined ? [] : (await connection.getSession(id)).workUnits
  return units.findLast((unit) => isOpen(unit))?.id ?? fail('work.none-here')
}

function idOf(input: VerbInput): WorkId {
  return workId(argumentAt(input, 1))
}

function filterOf(input: VerbInput): (unit: WorkUnit) => boolean {
  const [rig, batch] = ['rig', 'batch'].map((name) => textOption(input, name))
  const status = choiceOption(input, 'status', STATUSES)
  const isShown = (unit: WorkUnit): boolean =>
    status === undefined ? hasOption(input, 'all') || isOpen(unit) || unit.status === 'failed' : unit.status === status
  return (unit) =>
    isShown(unit) && (rig === undefined || unit.rig === rig) && (batch === undefined || unit.batch === batch)
}

function unitOutput(unit: WorkUnit): Output {
  return { json: unit, text: unitText(unit) }
}

function detailsText(unit: WorkUnit): string {
  const rows = Object.entries({ ...unit, payload: JSON.stringify(unit.payload), args: unit.args.join(' ') })
  return rows
    .filter(([, value]) => value !== null && value !== '' && value !== '{}')
    .map(([name, value]) => `${name.padEnd(12)}${plainLine(String(value))}`)
    .join('\n')
}
