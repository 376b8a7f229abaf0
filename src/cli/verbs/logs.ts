import { appendedLines, createConversation, isAgentSpeaking, type Said } from '../../core/conversation.ts'
import type { Envelope } from '../../core/facts.ts'
import { plainLine, plainText } from '../../core/plain-text.ts'
import { resolveSession } from '../../core/resolve.ts'
import { isLive, type Session } from '../../core/session.ts'
import type { HostConnection, VerbContext } from '../context.ts'
import { jsonText } from '../print.ts'
import { argumentAt, hasOption, numberOption, type VerbHandler } from '../verb-input.ts'
import { followFleet, hostGone } from '../watch.ts'

const LINES = 200

/** Facts in which the conversation is looked for. */
const FACTS_READ = 2000

/** Output that is followed is looked at this often, and so far back. */
const LOOK_AGAIN_MS = 300
const LINES_FOLLOWED = 1000

/** Prints the conversation of a session, or the output of one that does not converse. */
export const logs: VerbHandler = async (context, input) => {
  const lines = numberOption(input, 'lines', 1) ?? LINES
  const connection = await context.connect()
  const session = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const facts = await connection.history(session.id, FACTS_READ)
  const asked = { context, connection, session, lines, isJson: input.isJson, isFollowing: hasOption(input, 'follow') }
  if (facts.some(({ fact }) => isAgentSpeaking(fact))) await printConversation(asked, facts)
  else await printOutput(asked)
  return undefined
}

interface Asked {
  readonly context: VerbContext
  readonly connection: HostConnection
  readonly session: Session
  readonly lines: number
  readonly isJson: boolean
  readonly isFollowing: boolean
}

async function printConversation(asked: Asked, facts: readonly Envelope[]): Promise<void> {
  const conversation = createConversation(asked.session.id)
  const said = facts.flatMap((envelope) => conversation.take(envelope) ?? [])
  await write(asked, tail(asked, said))
  if (!asked.isFollowing) return
  let last = facts.at(-1)?.seq ?? 0
  await follow(asked, async (envelope) => {
    if (envelope.seq <= last) return
    last = envelope.seq
    const next = conversation.take(envelope)
    if (next !== undefined) await write(asked, format(asked, next))
  })
}

/** Calls back with every fact, in order, until the session has ended. What happened since the history was read comes first. */
async function follow(asked: Asked, take: (envelope: Envelope) => Promise<void>): Promise<void> {
  const { connection, session } = asked
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let printing: Promise<void> = Promise.resolve()
  const stop = followFleet(
    connection,
    (fleet, envelope) => {
      const now = fleet.sessions[session.id]
      printing = printing.then(async () => {
        const facts = envelope === undefined ? await connection.history(session.id, FACTS_READ) : [envelope]
        for (const each of facts) await take(each)
        if (now === undefined || !isLive(now)) resolve()
      })
      printing.catch(reject)
    },
    reject,
  )
  try {
    await Promise.race([ended, hostGone(connection)])
  } finally {
    await stop()
  }
}

/** The last lines of what was said; in JSON each entry is a line. */
function tail(asked: Asked, said: readonly Said[]): readonly string[] {
  const all = said.flatMap((each) => format(asked, each))
  return all.slice(-asked.lines)
}

function format({ isJson }: Asked, { at, who, text }: Said): readonly string[] {
  const time = new Date(at).toISOString()
  if (isJson) return [jsonText({ at: time, who, text })]
  return [
    `${time} ${plainLine(who)}`,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${plainText(line)}`.trimEnd()),
  ]
}

async function printOutput(asked: Asked): Promise<void> {
  const { connection, session, lines, isFollowing } = asked
  let shown = await outputOf(asked, isFollowing ? Math.max(lines, LINES_FOLLOWED) : lines)
  if (!isFollowing) return writeOutput(asked, shown.slice(-lines))
  await writeOutput(asked, shown.slice(0, -1).slice(-lines))
  for (;;) {
    const { state } = await connection.getSession(session.id)
    const next = await outputOf(asked, Math.max(lines, LINES_FOLLOWED))
    await writeOutput(asked, appendedLines(shown, next))
    shown = next
    if (state === 'stopped' || state === 'failed') return writeOutput(asked, shown.slice(-1))
    await pause()
  }
}

async function outputOf({ connection, session }: Asked, lines: number): Promise<readonly string[]> {
  const screen = await connection.screen(session.id, { lines })
  const end = screen.lines.findLastIndex((line) => line.trim() !== '')
  return screen.lines.slice(0, end + 1)
}

function writeOutput(asked: Asked, lines: readonly string[]): Promise<void> {
  const { isJson } = asked
  return write(
    asked,
    lines.map((text) => (isJson ? jsonText({ at: null, who: 'output', text }) : plainText(text))),
  )
}

async function write({ context }: Asked, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await context.stdout.write(`${lines.join('\n')}\n`)
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LOOK_AGAIN_MS)
  })
}
