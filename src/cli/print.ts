import { isRoleName, isTownRole } from '../config/names.ts'
import { EXIT, toControlError } from '../core/errors.ts'
import type { Receipt } from '../core/message.ts'
import { plainLine, plainText, shortLine } from '../core/plain-text.ts'
import { fullName } from '../core/resolve.ts'
import { isRunning, type Session } from '../core/session.ts'
import type { VerbContext } from './context.ts'
import { ageText, rowText, tableText } from './table.ts'

/** What a verb has to say: the document that `--json` prints, the text that people read, notes beside it, and the exit code. */
export interface Output {
  readonly json: unknown
  readonly text: string
  /** Sentences for the operator alone: printed on stderr, and only without `--json`. */
  readonly notes?: readonly string[]
  readonly exit?: number
  /** The text has colours, and was made safe with them. */
  readonly hasColours?: boolean
}

/** Prints what a verb returned; resolves with the exit code. */
export async function printOutput(
  context: Pick<VerbContext, 'stdout' | 'stderr'>,
  output: Output,
  isJson: boolean,
): Promise<number> {
  if (isJson) await context.stdout.write(`${jsonText(output.json, 2)}\n`)
  else {
    for (const note of output.notes ?? []) await context.stderr.write(`${plainLine(note)}\n`)
    const text = output.hasColours === true ? output.text : plainText(output.text)
    if (text !== '') await context.stdout.write(`${text}\n`)
  }
  return output.exit ?? EXIT.ok
}

/** A JSON document that says the same and has nothing in it that a terminal would obey, or that would turn its words around. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(/[^\n\x20-\x7e]/gu, escapeUnseen)
}

/** What people write stays readable. */
function escapeUnseen(character: string): string {
  if (plainText(character) === character) return character
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')
}

/** Prints a failure on stderr, with what to do about it; resolves with the exit code. */
export async function printError(
  context: Pick<VerbContext, 'stderr'>,
  error: unknown,
  isJson: boolean,
): Promise<number> {
  const { code, message, hint, exit } = toControlError(error)
  const text = isJson
    ? jsonText({ error: { code, message, hint } })
    : `signalbox: ${message.split('\n').map(plainLine).join('\n')}\n  ${hint.split('\n').map(plainLine).join('\n  ')}`
  await context.stderr.write(`${text}\n`)
  return exit
}

/** A reason is shown up to here; `--json` has it whole. */
const WHY_COLUMNS = 60

const HEADER = ['BACKEND', 'ROLE', 'NAME', 'RIG', 'STATE', 'ACTIVITY', 'WHY', 'AGE']

/** The table of sessions; the age is that of the state or activity. */
export function sessionsText(sessions: readonly Session[], now: number): string {
  if (sessions.length === 0) return 'There are no sessions. Start one with `signalbox spawn`, or try `signalbox demo`.'
  return tableText(
    HEADER,
    sessions.map((session) => [
      session.backend,
      session.role,
      isRoleName(session.role, session.agentName) ? '-' : session.agentName,
      isTownRole(session.role) ? '-' : session.rig,
      session.state,
      isRunning(session) ? session.activity : '-',
      session.why === '' ? '-' : shortLine(session.why, WHY_COLUMNS),
      ageText(now - session.since),
    ]),
  )
}

/** One session on one line. */
export function sessionText(session: Session): string {
  const { id, backend, role, state, activity } = session
  const standing = isRunning(session) ? `${state}, ${activity}` : state
  return rowText([fullName(session), id, `${backend} ${role}`, standing])
}

/** Where messages are, one line each; `nameOf` says who the recipients are. */
export function receiptsText(receipts: readonly Receipt[], nameOf: (receipt: Receipt) => string): string {
  return receipts
    .map((receipt) => rowText([nameOf(receipt), receipt.status, receipt.id, receipt.error ?? receipt.hold ?? '']))
    .join('\n')
}
