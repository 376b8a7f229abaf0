import { EXIT, fail } from '../../core/errors.ts'
import { isFinal, MESSAGE_MODES, type OutgoingMessage, type Receipt } from '../../core/message.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import { isLive, type Session } from '../../core/session.ts'
import type { HostConnection } from '../context.ts'
import { type Output, receiptsText } from '../print.ts'
import {
  argumentAt,
  choiceOption,
  durationOption,
  hasOption,
  numberOption,
  timeoutOption,
  type VerbHandler,
  type VerbInput,
} from '../verb-input.ts'
import { waitFor } from '../watch.ts'
import { filterOptions, sessionsOutput } from './agents.ts'

const STAGES = ['submitted', 'seen'] as const
const DEFAULT_TIMEOUT_MS = 60_000

interface WaitOptions {
  readonly stage: (typeof STAGES)[number] | undefined
  readonly timeoutMs: number
}

/** Sends a short message to one session. */
export const nudge: VerbHandler = async (context, input) => {
  const wait = waitOptions(input)
  const message = outgoing(input, { type: 'nudge', body: argumentAt(input, 1) })
  const connection = await context.connect()
  const session = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const receipt = await connection.sendMessage(session.id, message)
  const [settled = receipt] = await settle(connection, [receipt], {
    ...wait,
    what: `The nudge to ${fullName(session)}`,
  })
  return { ...receiptsOutput([settled], [session]), json: settled }
}

/** Sends one message to every live session that matches. */
export const broadcast: VerbHandler = async (context, input) => {
  const wait = waitOptions(input)
  const filter = filterOptions(input)
  const message = outgoing(input, { type: 'broadcast', body: argumentAt(input, 0) })
  const connection = await context.connect()
  const sessions = (await connection.listSessions(filter)).filter(isLive)
  if (sessions.length === 0) {
    return { json: [], text: '', notes: ['No live session matches; nothing was sent.'], exit: EXIT.notFound }
  }
  if (hasOption(input, 'dryRun')) return sessionsOutput(sessions, { context, connection })
  const ids = sessions.map((session) => session.id)
  const receipts = await connection.broadcastMessage(ids, message)
  return receiptsOutput(await settle(connection, receipts, { ...wait, what: 'The broadcast' }), sessions)
}

/** A message with what the options say of it. */
export function outgoing(input: VerbInput, { type, body }: Pick<OutgoingMessage, 'type' | 'body'>): OutgoingMessage {
  if (body.trim() === '') fail('message.empty')
  const mode = choiceOption(input, 'mode', MESSAGE_MODES)
  const priority = numberOption(input, 'priority', Number.MIN_SAFE_INTEGER)
  const expiresInMs = durationOption(input, 'expires')
  return {
    type,
    body,
    ...(mode === undefined ? {} : { mode }),
    ...(priority === undefined ? {} : { priority }),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
  }
}

/** How long, and for which stage, the options of a verb say that it waits. */
export function waitOptions(input: VerbInput): WaitOptions {
  return { stage: choiceOption(input, 'wait', STAGES), timeoutMs: timeoutOption(input) ?? DEFAULT_TIMEOUT_MS }
}

/** The receipts as they are once each has reached the stage or can no longer do so. */
export async function settle(
  connection: HostConnection,
  receipts: readonly Receipt[],
  { stage, timeoutMs, what }: WaitOptions & { readonly what: string },
): Promise<readonly Receipt[]> {
  if (stage === undefined) return receipts
  const hasSettled = ({ status }: Receipt): boolean => isFinal(status) || (stage === 'submitted' && status === stage)
  return waitFor(connection, {
    what: `${what} being ${stage}`,
    timeoutMs,
    when: ({ deliveries }) => {
      const now = receipts.map((receipt) => deliveries[receipt.id]?.receipt ?? receipt)
      return now.every(hasSettled) ? now : undefined
    },
  })
}

function receiptsOutput(receipts: readonly Receipt[], sessions: readonly Session[]): Output {
  const names = new Map<string, string>(sessions.map((session) => [session.id, fullName(session)]))
  return {
    json: receipts,
    text: receiptsText(receipts, ({ to }) => names.get(to) ?? to),
    exit: exitOf(receipts),
  }
}

/** How a verb ends that has sent messages: a failure when one of them will not be seen. */
export function exitOf(receipts: readonly Receipt[]): number {
  const hasFailed = receipts.some(({ status }) => isFinal(status) && status !== 'seen')
  return hasFailed ? EXIT.failed : EXIT.ok
}
