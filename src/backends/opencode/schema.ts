import * as z from 'zod'
import type { BusEvent, MessageInfo, Part, Question, Request, Status, TurnError } from './bus-event.ts'

const id = z.string().min(1)
const words = z.string().catch('')
const record = z.record(z.string(), z.unknown()).catch({})
const amount = z.number().catch(0)

/** What every event comes in; the rest of it depends on its type and is read leniently. */
const envelope = z.object({ payload: z.object({ type: z.string(), properties: z.record(z.string(), z.unknown()) }) })

const failure = z
  .object({
    name: z.string().catch('UnknownError'),
    data: z
      .object({ message: words, statusCode: z.number().optional().catch(undefined) })
      .catch({ message: '', statusCode: undefined }),
  })
  .transform(({ name, data: { message, statusCode } }): TurnError => {
    return { name, message, ...(statusCode === undefined ? {} : { status: statusCode }) }
  })

const status = z.discriminatedUnion('type', [
  z.object({ type: z.literal('busy') }),
  z.object({ type: z.literal('idle') }),
  z
    .object({ type: z.literal('retry'), attempt: amount, message: words, next: amount })
    .transform(({ type, attempt, message, next }) => ({ type, attempt, message, nextAt: next })),
]) satisfies z.ZodType<Status>

const tokens = z
  .object({ input: amount, output: amount, reasoning: amount, cache: z.object({ read: amount, write: amount }) })
  .catch({ input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } })

const moment = z.number().optional().catch(undefined)
const times = z.object({ created: moment, completed: moment }).catch({ created: undefined, completed: undefined })

const messageInfo = z
  .object({
    id,
    role: z.enum(['user', 'assistant']),
    modelID: z.string().optional().catch(undefined),
    providerID: z.string().optional().catch(undefined),
    cost: amount,
    tokens,
    time: times,
    error: failure.optional().catch(undefined),
  })
  .transform(
    (info): MessageInfo => ({
      id: info.id,
      role: info.role,
      inputTokens: info.tokens.input + info.tokens.cache.read + info.tokens.cache.write,
      outputTokens: info.tokens.output + info.tokens.reasoning,
      costUsd: info.cost,
      isComplete: info.time.completed !== undefined,
      ...(info.time.created === undefined ? {} : { createdAt: info.time.created }),
      ...(info.modelID === undefined ? {} : { model: info.modelID }),
      ...(info.providerID === undefined ? {} : { provider: info.providerID }),
      ...(info.error === undefined ? {} : { error: info.error }),
    }),
  )

const toolState = z.object({
  status: z.enum(['pending', 'running', 'completed', 'error']),
  input: record,
  title: words,
  output: words,
  error: words,
})

const flag = z.boolean().catch(false)
const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), id, messageID: id, text: words, synthetic: flag, ignored: flag }).transform(
    (raw): Part => ({
      kind: 'text',
      id: raw.id,
      message: raw.messageID,
      text: raw.text,
      isHidden: raw.synthetic || raw.ignored,
    }),
  ),
  z
    .object({ type: z.literal('reasoning'), id, messageID: id, text: words })
    .transform((raw): Part => ({ kind: 'thought', id: raw.id, message: raw.messageID, text: raw.text })),
  z.object({ type: z.literal('tool'), id, messageID: id, tool: z.string(), state: toolState }).transform(
    ({ id: own, messageID, tool, state }): Part => ({
      kind: 'tool',
      id: own,
      message: messageID,
      tool,
      state: state.status,
      input: state.input,
      title: state.title,
      output: state.status === 'error' ? state.error : state.output,
    }),
  ),
])

const permission = z
  .object({
    id,
    sessionID: id,
    permission: z.string(),
    patterns: z.array(z.string()).catch([]),
    always: z.array(z.string()).catch([]),
    metadata: record,
  })
  .transform(
    (raw): Request => ({
      kind: 'permission',
      id: raw.id,
      session: raw.sessionID,
      permission: raw.permission,
      patterns: raw.patterns,
      always: raw.always,
      details: raw.metadata,
    }),
  )

const question = z
  .object({
    question: z.string(),
    header: words,
    options: z.array(z.object({ label: z.string(), description: words })).catch([]),
    multiple: flag,
    custom: z.boolean().catch(true),
  })
  .transform(
    (raw): Question => ({
      header: raw.header,
      text: raw.question,
      options: raw.options,
      isMultiple: raw.multiple,
      takesText: raw.custom,
    }),
  )

const questions = z
  .object({ id, sessionID: id, questions: z.array(question).min(1) })
  .transform((raw): Request => ({ kind: 'question', id: raw.id, session: raw.sessionID, questions: raw.questions }))

const about = z.object({ sessionID: id })
const created = z.object({ info: z.object({ id, parentID: id }) })
const deleted = z.object({ info: z.object({ id }) })
const delta = z.object({ sessionID: id, messageID: id, partID: id, field: z.literal('text'), delta: z.string() })
const replied = z.object({
  sessionID: id,
  requestID: id,
  reply: words,
  answers: z.array(z.array(z.string())).catch([]),
})

type Read = (properties: unknown) => BusEvent

const read: Readonly<Record<string, Read>> = {
  'session.status': (raw) => {
    const { sessionID, status: now } = about.extend({ status }).parse(raw)
    return { type: 'status', session: sessionID, status: now }
  },
  'session.idle': (raw) => ({ type: 'status', session: about.parse(raw).sessionID, status: { type: 'idle' } }),
  'session.error': (raw) => {
    const { sessionID, error } = about.extend({ error: failure }).parse(raw)
    return { type: 'failed', session: sessionID, ...error }
  },
  'session.created': (raw) => {
    const { info } = created.parse(raw)
    return { type: 'child', session: info.id, parent: info.parentID }
  },
  'session.deleted': (raw) => ({ type: 'deleted', session: deleted.parse(raw).info.id }),
  'session.compacted': (raw) => ({ type: 'compacted', session: about.parse(raw).sessionID }),
  'message.updated': (raw) => {
    const { sessionID, info } = about.extend({ info: messageInfo }).parse(raw)
    return { type: 'message', session: sessionID, message: info }
  },
  'message.removed': (raw) => {
    const { sessionID, messageID } = about.extend({ messageID: id }).parse(raw)
    return { type: 'message-removed', session: sessionID, message: messageID }
  },
  'message.part.updated': (raw) => {
    const { part: piece } = z.object({ part: z.intersection(about, part) }).parse(raw)
    return { type: 'part', session: piece.sessionID, part: piece }
  },
  'message.part.delta': (raw) => {
    const { sessionID, messageID, partID, delta: text } = delta.parse(raw)
    return { type: 'delta', session: sessionID, message: messageID, part: partID, text }
  },
  'message.part.removed': (raw) => {
    const { sessionID, partID } = about.extend({ partID: id }).parse(raw)
    return { type: 'part-removed', session: sessionID, part: partID }
  },
  'permission.asked': (raw) => asked(permission.parse(raw)),
  'question.asked': (raw) => asked(questions.parse(raw)),
  'permission.replied': (raw) => answered(raw),
  'question.replied': (raw) => answered(raw),
  'question.rejected': (raw) => ({ ...answered(raw), reply: 'reject' }),
}

function asked(request: Request): BusEvent {
  return { type: 'asked', session: request.session, request }
}

function answered(raw: unknown): Extract<BusEvent, { type: 'replied' }> {
  const { sessionID, requestID, reply, answers } = replied.parse(raw)
  return { type: 'replied', session: sessionID, request: requestID, reply: reply || answers.flat().join(', ') }
}

/** One event of the stream; undefined for those that do not matter here or have an unknown shape. Never throws. */
export function readEvent(data: string): BusEvent | undefined {
  try {
    const { type, properties } = envelope.parse(JSON.parse(data)).payload
    return Object.hasOwn(read, type) ? read[type]?.(properties) : undefined
  } catch {
    // A new version may send what we do not know: the state is read again after every gap, so skipping is safe.
    return undefined
  }
}

const session = z
  .object({ id, directory: z.string(), time: times })
  .transform(({ id: own, directory, time }) => ({ id: own, directory, createdAt: time.created ?? 0 }))
const health = z.object({ version: z.string() })
const messages = z.array(z.object({ info: messageInfo, parts: z.array(z.unknown()) }))

export interface SessionHead {
  readonly id: string
  readonly directory: string
  /** Milliseconds since the epoch; 0 when the server does not tell. */
  readonly createdAt: number
}

/** A session as the server describes it. Throws when it has another shape. */
export const readSession = (raw: unknown): SessionHead => session.parse(raw)

/** The server's version. Throws when the answer has another shape. */
export const readVersion = (raw: unknown): string => health.parse(raw).version

/** Ids of the sessions in a list. */
export const readSessionIds = (raw: unknown): readonly string[] =>
  z
    .array(z.object({ id }))
    .parse(raw)
    .map((each) => each.id)

/** Status by session id; a session that is absent is idle. */
export const readStatuses = (raw: unknown): Readonly<Record<string, Status>> => z.record(z.string(), status).parse(raw)

const limits = z.object({
  providers: z.array(
    z.object({ id, models: z.record(z.string(), z.object({ limit: z.object({ context: amount }) })) }),
  ),
})

/** Tokens that fit into the context of a model; undefined when the server does not tell. */
export function readContextLimit(raw: unknown, provider: string, model: string): number | undefined {
  const known = limits.safeParse(raw).data?.providers.find((each) => each.id === provider)?.models[model]
  return known === undefined || known.limit.context <= 0 ? undefined : known.limit.context
}

/** Requests of unknown shape are left out. */
export function readRequests(kind: Request['kind'], raw: unknown): readonly Request[] {
  const shape = kind === 'permission' ? permission : questions
  return z
    .array(z.unknown())
    .parse(raw)
    .flatMap((each) => shape.safeParse(each).data ?? [])
}

/** A conversation's messages in order, as the events that would have told it. */
export function readHistory(owner: string, raw: unknown): readonly BusEvent[] {
  return messages.parse(raw).flatMap(({ info, parts }): BusEvent[] => [
    { type: 'message', session: owner, message: info },
    ...parts.flatMap((each): BusEvent[] => {
      const piece = part.safeParse(each).data
      return piece === undefined ? [] : [{ type: 'part', session: owner, part: piece }]
    }),
  ])
}
