import { type Explanation, rawWords, sourceWords, standingWords } from '../../core/explain.ts'
import { shortLine } from '../../core/plain-text.ts'
import type { RawSignal } from '../../core/raw-signal.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import { toSessionInfo } from '../../core/session.ts'
import { ageText, rowText, tableText } from '../table.ts'
import { argumentAt, type VerbHandler } from '../verb-input.ts'

/** A reason, and what was heard, are shown up to here; `--json` has them whole. */
const LONGEST = 60

/** What was heard lately is shown up to this many lines. */
const HEARD_SHOWN = 20

/** Says why a session is what it is. */
export const explain: VerbHandler = async (context, input) => {
  const connection = await context.connect()
  const { id } = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const explanation = await connection.explain(id)
  const session = toSessionInfo(explanation.session, connection.hostName)
  return {
    json: { session, settingsNotes: explanation.session.settingsNotes ?? [], ...jsonOf(explanation) },
    text: textOf(explanation, context.now()),
  }
}

function jsonOf({ transitions, heard }: Explanation) {
  return {
    transitions: transitions.map((each) => ({
      ...each,
      at: isoTime(each.at),
      raw: each.raw === null ? null : rawJson(each.raw),
    })),
    heard: heard.map(rawJson),
  }
}

function rawJson(raw: RawSignal) {
  return { ...raw, at: isoTime(raw.at) }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}

function textOf(explanation: Explanation, now: number): string {
  return [nowText(explanation, now), changesText(explanation, now), heardText(explanation, now)].join('\n\n')
}

function nowText({ session }: Explanation, now: number): string {
  const reason = session.why === '' ? 'no reason given' : session.why
  const says = `${reason}, says ${sourceWords(session.source)}; for ${ageText(now - session.since)}`
  const notes = (session.settingsNotes ?? []).map((note) => [note])
  return [[fullName(session), standingWords(session)], [says], ...notes].map(rowText).join('\n')
}

function changesText({ transitions }: Explanation, now: number): string {
  if (transitions.length === 0) return 'No change of it is on record.'
  const rows = transitions.map(({ at, became, source, why, raw }) => [
    clockTime(at),
    ageText(now - at),
    became,
    sourceWords(source),
    why === '' ? '-' : shortLine(why, LONGEST),
    shortLine(rawWords(raw), LONGEST),
  ])
  return tableText(['WHEN', 'AGE', 'BECAME', 'SOURCE', 'WHY', 'HEARD FROM'], rows)
}

function heardText({ heard }: Explanation, now: number): string {
  if (heard.length === 0) return 'Nothing was heard of it since its host started.'
  const rows = heard
    .slice(-HEARD_SHOWN)
    .map((raw) => [clockTime(raw.at), ageText(now - raw.at), shortLine(rawWords(raw), 2 * LONGEST)])
  return tableText(['WHEN', 'AGE', 'HEARD LATELY'], rows)
}

/** `09:30:12` in local time; the age beside it tells the day. */
function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}
