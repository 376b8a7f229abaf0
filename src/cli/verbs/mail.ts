import { addressOf } from '../../core/address.ts'
import { fail } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'
import { whyWaits } from '../../core/hold.ts'
import { identityFrom } from '../../core/identity.ts'
import type { MessageId } from '../../core/ids.ts'
import type { Delivery, Receipt } from '../../core/message.ts'
import { recipientOf } from '../../core/recipients.ts'
import { resolveSession } from '../../core/resolve.ts'
import type { HostConnection, VerbContext } from '../context.ts'
import { deliveryBy } from '../find-delivery.ts'
import { type Output, receiptsText } from '../print.ts'
import { ageText, tableText } from '../table.ts'
import { argumentAt, hasOption, textOption, type VerbHandler, type VerbInput } from '../verb-input.ts'
import { fleetNow } from '../watch.ts'
import { exitOf, outgoing, settle, waitOptions } from './messages.ts'

type Action = (context: VerbContext, connection: HostConnection, input: VerbInput) => Promise<Output>

const ACTIONS: Readonly<Record<string, Action>> = { send, list, show, ack, cancel, resend }

/** Sends, reads and acknowledges mail; takes back and repeats any message. */
export const mail: VerbHandler = async (context, input) => {
  const action = argumentAt(input, 0)
  const act = ACTIONS[action]
  const names = Object.keys(ACTIONS).join(', ')
  if (act === undefined) return fail('usage.invalid', { what: `mail takes ${names}; not "${action}"` })
  return act(context, await context.connect(), input)
}

async function send(_context: VerbContext, connection: HostConnection, input: VerbInput): Promise<Output> {
  const to = argumentAt(input, 1)
  const wait = waitOptions(input)
  const message = outgoing(input, { type: 'mail', body: argumentAt(input, 2) })
  const [about, reply] = [textOption(input, 'about'), textOption(input, 'reply')]
  const replyTo = reply === undefined ? undefined : deliveryBy(await fleetNow(connection), reply).message.id
  const receipt = await connection.sendMail(to, {
    ...message,
    ...(about === undefined ? {} : { subject: about }),
    ...(replyTo === undefined ? {} : { replyTo }),
  })
  const [settled = receipt] = await settle(connection, [receipt], { ...wait, what: `The mail to ${to}` })
  return { ...receiptOutput(settled), exit: exitOf([settled]) }
}

async function list(context: VerbContext, connection: HostConnection, input: VerbInput): Promise<Output> {
  const fleet = await fleetNow(connection)
  const isAll = hasOption(input, 'all')
  const [thread, search] = [textOption(input, 'thread'), textOption(input, 'search')?.toLowerCase()]
  const recipient = recipientFor(context, fleet, textOption(input, 'for'))
  const deliveries = Object.values(fleet.deliveries).filter(({ message, acknowledgedAt }) => {
    if (!isAll && (message.type !== 'mail' || acknowledgedAt !== undefined)) return false
    if (thread !== undefined && !message.threadId.startsWith(thread.toUpperCase())) return false
    if (recipient !== undefined && !isFor(fleet, message.to, recipient)) return false
    return search === undefined || `${message.subject ?? ''}\n${message.body}`.toLowerCase().includes(search)
  })
  const rows = deliveries.map(({ message, receipt }) => [
    message.id,
    message.type,
    message.from,
    nameOf(fleet, message.to),
    receipt.status,
    ageText(context.now() - message.sentAt),
    message.subject ?? message.body,
  ])
  const json = deliveries.map((delivery) => withHold(fleet, delivery))
  return { json, text: tableText(['ID', 'TYPE', 'FROM', 'TO', 'STATUS', 'AGE', 'TEXT'], rows) }
}

async function show(_context: VerbContext, connection: HostConnection, input: VerbInput): Promise<Output> {
  const fleet = await fleetNow(connection)
  return deliveryOutput(fleet, deliveryBy(fleet, argumentAt(input, 1)))
}

async function ack(context: VerbContext, connection: HostConnection, input: VerbInput): Promise<Output> {
  const { message } = deliveryBy(await fleetNow(connection), argumentAt(input, 1))
  await connection.acknowledge(message.id, identityFrom(context.env)?.session ?? 'operator')
  const fleet = await fleetNow(connection)
  return deliveryOutput(fleet, deliveryBy(fleet, message.id))
}

async function cancel(_context: VerbContext, connection: HostConnection, input: VerbInput): Promise<Output> {
  return receiptOutput(await connection.cancelMessage(await idOf(connection, input)))
}

async function resend(_context: VerbContext, connection: HostConnection, input: VerbInput): Promise<Output> {
  return receiptOutput(await connection.resendMessage(await idOf(connection, input)))
}

async function idOf(connection: HostConnection, input: VerbInput): Promise<MessageId> {
  return deliveryBy(await fleetNow(connection), argumentAt(input, 1)).message.id
}

/** An address as it is, or that of a session by any of its names; in a session, its own unless told otherwise. */
function recipientFor(context: VerbContext, fleet: Fleet, wanted: string | undefined): string | undefined {
  const name = wanted ?? identityFrom(context.env)?.session
  if (name === undefined || name.includes('/')) return name
  return addressOf(resolveSession(Object.values(fleet.sessions), name))
}

function isFor(fleet: Fleet, to: string, address: string): boolean {
  const recipient = recipientOf(fleet, to)
  return to === address || (recipient !== undefined && addressOf(recipient) === address)
}

/** With why it still waits in its receipt, as the receipt of `send` has it. */
function withHold(fleet: Fleet, delivery: Delivery): Delivery {
  const hold = whyWaits(fleet, delivery)
  return hold === undefined ? delivery : { ...delivery, receipt: { ...delivery.receipt, hold } }
}

function nameOf(fleet: Fleet, to: string): string {
  const session = to.includes('/') ? undefined : recipientOf(fleet, to)
  return session === undefined ? to : addressOf(session)
}

function receiptOutput(receipt: Receipt): Output {
  return { json: receipt, text: receiptsText([receipt], ({ to }) => to) }
}

function deliveryOutput(fleet: Fleet, delivery: Delivery): Output {
  const { message, receipt, attempts, acknowledgedAt } = delivery
  const hold = whyWaits(fleet, delivery)
  const waits = hold === undefined ? '' : ` (${hold})`
  const lines = [
    `${message.type} ${message.id} from ${message.from} to ${nameOf(fleet, message.to)}`,
    `${receipt.status}${waits}, ${attempts} ${attempts === 1 ? 'try' : 'tries'}${acknowledgedAt === undefined ? '' : ', acknowledged'}`,
    ...(message.subject === undefined ? [] : [`about ${message.subject}`]),
    '',
    message.body,
  ]
  return { json: withHold(fleet, delivery), text: lines.join('\n') }
}
