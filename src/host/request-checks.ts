import * as z from 'zod'
import { COST_GROUPS } from '../core/costs.ts'
import { fail } from '../core/errors.ts'
import type { MessageId, NeedId, SessionId, WorkId } from '../core/ids.ts'
import type { Size } from '../core/session.ts'
import { WORK_TYPES } from '../core/work.ts'
import type { ClientNotifications, Params, RequestName } from '../wire/protocol.ts'

/** Sides of a pane or terminal that are believed, in cells. */
const MAX_SIDE = 1000
const MAX_PANES = 500

/** Most characters of a text that is kept and shown: a message, a reply, a piece of work. */
const LONGEST_TEXT = 256 * 1024

/** Most bytes of one argument or variable of a process: the system takes no more. */
const LONGEST_ARGUMENT_BYTES = 128 * 1024 - 1

/** Most arguments or variables that are added to a process, and their bytes together; the system has room for about two MiB. */
const MOST_ARGUMENTS = 1_000
const MOST_PROCESS_BYTES = 1024 * 1024

/** Ids are keys of plain objects: what every object has (`constructor`) is nobody's id. */
const identifier = <Id extends string>() =>
  z.custom<Id>((value) => typeof value === 'string' && !(value in Object.prototype), 'expected an id')
const session = identifier<SessionId>()
const ofSession = z.object({ id: session })
const nothing = z.object({})
const longText = z.string().max(LONGEST_TEXT)
const words = longText.exactOptional()
const count = z.int().nonnegative()
/** What ends up in a process: there a NUL would end the text. */
const processText = z
  .string()
  .regex(/^[^\0]*$/, 'has a NUL character')
  .refine(
    (value) => Buffer.byteLength(value) <= LONGEST_ARGUMENT_BYTES,
    `is longer than ${LONGEST_ARGUMENT_BYTES} bytes`,
  )
const processTexts = z.array(processText).max(MOST_ARGUMENTS)
const variables = z
  .record(processText, processText)
  .refine((value) => Object.keys(value).length <= MOST_ARGUMENTS, `has more than ${MOST_ARGUMENTS} variables`)
const side = z.int().min(1).max(MAX_SIDE)
const sizeShape = z.object({ cols: side, rows: side })
/** Taken as it comes: where it is used, `size.invalid` says what sizes there are. */
const anySize = z.object({ cols: z.number(), rows: z.number() })

const work = z.object({
  id: identifier<WorkId>(),
  type: z.enum(WORK_TYPES),
  description: processText,
  payload: z.record(z.string(), z.unknown()),
  priority: z.number(),
})

const place = z.object({
  rig: z.string(),
  role: z.string(),
  workDir: processText,
  backend: z.string().nullable(),
  agentName: z.string().nullable(),
  args: processTexts,
})

const spawnRequest = z
  .object({
    backend: words,
    role: words,
    rig: words,
    workDir: processText.exactOptional(),
    agentName: words,
    prompt: processText.exactOptional(),
    initialWork: work.exactOptional(),
    size: anySize.exactOptional(),
    args: processTexts.exactOptional(),
    env: variables.exactOptional(),
    remoteHost: words,
  })
  .refine(
    ({ args, env }) => Buffer.byteLength(JSON.stringify([args, env])) <= MOST_PROCESS_BYTES,
    `its arguments and variables are longer than ${MOST_PROCESS_BYTES} bytes`,
  )

const filter = z.object({
  backend: words,
  rig: words,
  role: words,
  state: z.enum(['starting', 'running', 'paused', 'stopped', 'failed']).exactOptional(),
  activity: z.enum(['working', 'waiting', 'idle', 'unknown']).exactOptional(),
})

const answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('allow') }),
  z.object({ kind: z.literal('always') }),
  z.object({ kind: z.literal('deny'), text: words }),
  z.object({ kind: z.literal('option'), key: z.string() }),
  z.object({ kind: z.literal('text'), text: longText }),
  z.object({
    kind: z.literal('options'),
    keys: z.array(z.array(z.string())),
    texts: z.array(z.string()).exactOptional(),
  }),
])

const message = z.object({
  id: identifier<MessageId>().exactOptional(),
  from: words,
  type: z.enum(['nudge', 'mail', 'broadcast']),
  subject: words,
  body: longText,
  mode: z.enum(['boundary', 'idle', 'now', 'interrupt']).exactOptional(),
  priority: z.number().exactOptional(),
  expiresInMs: z.number().positive().exactOptional(),
  replyTo: identifier<MessageId>().exactOptional(),
})

const snoozeLength = z.union([z.object({ ms: z.number() }), z.literal('until-change')])

/** The parameters of every request. A request without a shape, or with another than the protocol's, does not compile. */
const REQUESTS: { readonly [Name in RequestName]: z.ZodType<Params<Name>> } = {
  'host/hello': z.object({
    protocol: z.number(),
    version: z.string(),
    identity: z.object({ session, token: z.string() }).exactOptional(),
  }),
  'host/health': nothing,
  'host/end-leftovers': nothing,
  'host/stop': nothing,
  'session/spawn': spawnRequest,
  'session/terminate': z.object({ id: session, isForced: z.boolean().exactOptional() }),
  'session/get': ofSession,
  'session/list': z.object({ filter: filter.exactOptional() }),
  'session/assign': z.object({ id: session, work }),
  'session/interrupt': ofSession,
  'session/resume': ofSession,
  'session/fork': z.object({ id: session, agentName: words, prompt: processText.exactOptional() }),
  'session/pause': ofSession,
  'session/unpause': ofSession,
  'session/read': ofSession,
  'session/unread': ofSession,
  'session/snooze': z.object({ id: session, length: snoozeLength.exactOptional() }),
  'session/favour': z.object({ id: session, isFavourite: z.boolean() }),
  'session/urge': z.object({ id: session, isUrgent: z.boolean() }),
  'session/history': z.object({ id: session, limit: count }),
  'session/explain': ofSession,
  'session/screen': z.object({ id: session, lines: count.exactOptional(), ansi: z.boolean().exactOptional() }),
  'session/focus': z.object({ id: session, size: z.custom<Size>() }),
  'need/answer': z.object({ id: session, needId: identifier<NeedId>(), answer }),
  'message/send': z.object({ id: session, message }),
  'message/broadcast': z.object({ ids: z.array(session), message }),
  'message/mail': z.object({ to: identifier<string>(), message }),
  'message/cancel': z.object({ id: identifier<MessageId>() }),
  'message/resend': z.object({ id: identifier<MessageId>() }),
  'message/acknowledge': z.object({ id: identifier<MessageId>(), by: z.string() }),
  'message/receipt': z.object({ id: identifier<MessageId>() }),
  'work/queue': z.object({ work, place, batch: words }),
  'work/end': z.object({ id: identifier<WorkId>(), status: z.enum(['done', 'failed', 'cancelled']), result: words }),
  'work/retry': z.object({ id: identifier<WorkId>() }),
  'work/reassign': z.object({ id: identifier<WorkId>(), to: session, note: words }),
  'work/rebalance': z.object({ rig: words }),
  'pool/status': nothing,
  'pool/drain': nothing,
  'pool/resume': nothing,
  'worktree/list': nothing,
  'worktree/remove': z.object({ id: identifier<string>(), isForced: z.boolean().exactOptional() }),
  'worktree/restore': z.object({ id: identifier<string>() }),
  'costs/report': z.object({ by: z.enum(COST_GROUPS), since: words }),
  'metrics/report': nothing,
  'facts/subscribe': z.object({ since: count.exactOptional() }),
  'facts/unsubscribe': nothing,
  'facts/list': z.object({ since: count.exactOptional(), limit: count.exactOptional() }),
}

const pane = z.object({ id: session, size: sizeShape, scrollTop: z.int().exactOptional(), isFocused: z.boolean() })

const NOTIFICATIONS: { readonly [Name in keyof ClientNotifications]: z.ZodType<ClientNotifications[Name]> } = {
  'panes/set': z.object({ panes: z.array(pane).max(MAX_PANES) }),
  'panes/drawn': z.object({ frame: z.number() }),
  'session/blur': ofSession,
}

/**
 * Fails with `usage.invalid`, which names the parameter, when what a client sent with a request is not what the protocol
 * says. Members that the protocol does not know are passed over.
 */
export function checkParams(request: string, params: unknown): void {
  const shape = Object.hasOwn(REQUESTS, request) ? REQUESTS[request as RequestName] : undefined
  const problem = shape?.safeParse(params).error?.issues[0]
  if (problem === undefined) return
  const place = problem.path.length === 0 ? 'its parameters' : `"${problem.path.join('.')}"`
  fail('usage.invalid', {
    what: `The request ${request} is malformed at ${place}: ${problem.message}`,
    hint: 'What each request takes is in the protocol document.',
  })
}

/** Whether what a client told without being asked is what the protocol says. */
export function isNotification(name: keyof ClientNotifications, params: unknown): boolean {
  return NOTIFICATIONS[name].safeParse(params).success
}

/** Fails with `size.invalid` when a terminal cannot have this size. */
export function checkSize(size: unknown): asserts size is Size {
  if (sizeShape.safeParse(size).success) return
  const { cols, rows } = (size ?? {}) as Partial<Size>
  fail('size.invalid', { size: `${cols}x${rows}` })
}
