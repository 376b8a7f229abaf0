import type { Envelope, Fact } from '../../core/facts.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import type { Session } from '../../core/session.ts'
import type { HostConnection } from '../context.ts'
import { rowText } from '../table.ts'
import { hasOption, numberOption, type VerbHandler } from '../verb-input.ts'
import { followFleet, hostGone } from '../watch.ts'

/** How many recent facts are printed when nobody says from where on. */
const RECENT = 200

/** Facts asked for at once. */
const PAGE = 500

/** Prints facts: the recent ones, then with `--follow` the new ones. */
export const events: VerbHandler = async (context, input) => {
  const since = numberOption(input, 'since', 0)
  const [name] = input.args
  const connection = await context.connect()
  const sessions = await connection.listSessions()
  const wanted = typeof name === 'string' ? resolveSession(sessions, name).id : undefined
  const names = new Map(sessions.map((session) => [session.id as string, fullName(session)]))
  const print = async (envelope: Envelope): Promise<void> => {
    if (envelope.fact.type === 'session.registered') remember(names, envelope.fact.session)
    const id = sessionOf(envelope.fact)
    if (wanted !== undefined && id !== wanted) return
    await context.stdout.write(
      `${input.isJson ? JSON.stringify(envelope) : line(envelope, names.get(id ?? '') ?? id)}\n`,
    )
  }
  await follow({ connection, since, isFollowing: hasOption(input, 'follow'), print })
  return undefined
}

interface Follow {
  readonly connection: HostConnection
  readonly since: number | undefined
  readonly isFollowing: boolean
  readonly print: (envelope: Envelope) => Promise<void>
}

/** Prints the past, then what comes in, each fact once and in order. */
async function follow({ connection, since, isFollowing, print }: Follow): Promise<void> {
  const { promise: broken, reject } = Promise.withResolvers<never>()
  const past = Promise.withResolvers<void>()
  let printing: Promise<number | undefined> = Promise.resolve(since)
  const stop = followFleet(
    connection,
    (fleet, envelope) => {
      printing = printing.then(async (last) => {
        if (envelope === undefined) return printPast(connection, { since: last, seq: fleet.seq, print })
        if (!isFollowing || (last !== undefined && envelope.seq <= last)) return last
        await print(envelope)
        return envelope.seq
      })
      printing.then(() => past.resolve(), reject)
    },
    reject,
  )
  try {
    await Promise.race([isFollowing ? hostGone(connection) : past.promise, broken])
  } finally {
    await stop()
  }
}

interface Past {
  /** The last fact that was printed; absent = only the recent ones are wanted. */
  readonly since: number | undefined
  readonly seq: number
  readonly print: Follow['print']
}

/** Prints the facts up to `seq`, page by page; resolves with the number of the last one. */
async function printPast(connection: HostConnection, { since, seq, print }: Past): Promise<number> {
  let last = since ?? Math.max(0, seq - RECENT)
  while (last < seq) {
    const page = await connection.factsSince(last, PAGE)
    for (const envelope of page) await print(envelope)
    const end = page.at(-1)
    if (end === undefined) break
    last = end.seq
  }
  return last
}

function remember(names: Map<string, string>, session: Session): void {
  names.set(session.id, fullName(session))
}

/** The session a fact is about. */
function sessionOf(fact: Fact): string | undefined {
  if ('id' in fact) return fact.id
  if (fact.type === 'session.registered') return fact.session.id
  if (fact.type === 'message.queued') return fact.message.to
  return fact.type === 'message.advanced' ? fact.receipt.to : undefined
}

function line({ seq, at, fact }: Envelope, name: string | undefined): string {
  return rowText([String(seq), new Date(at).toISOString(), fact.type, name ?? '-', detail(fact)])
}

/** What else a fact says, with its source and reason where it has them. */
function detail(fact: Fact): string {
  switch (fact.type) {
    case 'session.registered':
      return `${fact.session.backend} ${fact.session.role}`
    case 'session.need-raised':
      return `${fact.need.kind}: ${fact.need.title} (${fact.source})`
    case 'message.queued':
      return `${fact.message.type} ${fact.message.id} from ${fact.message.from}`
    case 'message.advanced':
      return `${fact.receipt.id} ${fact.receipt.status}${fact.receipt.error === null ? '' : `: ${fact.receipt.error}`}`
    case 'backend.changed':
      return `${fact.backend} ${fact.health.status}: ${fact.health.detail}`
    default:
      return scalars(fact)
  }
}

function scalars(fact: Fact): string {
  return Object.entries(fact)
    .filter(([key, value]) => key !== 'type' && key !== 'id' && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(' ')
}
