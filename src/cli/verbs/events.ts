import { factWords } from '../../core/fact-words.ts'
import { type Envelope, sessionOfFact } from '../../core/facts.ts'
import type { SessionId } from '../../core/ids.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import type { Session } from '../../core/session.ts'
import type { HostConnection } from '../context.ts'
import { jsonText } from '../print.ts'
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
  const names = new Map(sessions.map((session) => [session.id, fullName(session)]))
  const print = async (envelope: Envelope): Promise<void> => {
    if (envelope.fact.type === 'session.registered') remember(names, envelope.fact.session)
    const id = sessionOfFact(envelope.fact)
    if (wanted !== undefined && id !== wanted) return
    await context.stdout.write(
      `${input.isJson ? jsonText(envelope) : line(envelope, id === undefined ? undefined : (names.get(id) ?? id))}\n`,
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

function remember(names: Map<SessionId, string>, session: Session): void {
  names.set(session.id, fullName(session))
}

function line(envelope: Envelope, name: string | undefined): string {
  const { what, source, why } = factWords(envelope)
  const cells = [String(envelope.seq), new Date(envelope.at).toISOString(), name ?? '-', what, source || '-', why]
  return rowText(cells)
}
