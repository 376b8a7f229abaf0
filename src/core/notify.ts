import type { Fleet } from './fleet.ts'
import type { NeedId, SessionId } from './ids.ts'
import type { Need, NeedKind } from './need.ts'
import { shortLine } from './plain-text.ts'
import type { Session } from './session.ts'

/** A span of the day in minutes since midnight; it may go over midnight. */
export interface QuietHours {
  readonly from: number
  readonly to: number
}

/** Which needs call the operator, and when none does. */
export interface NotifyRule {
  readonly kinds: readonly NeedKind[]
  readonly quietHours?: QuietHours
}

/** What has been announced and what is about to be. */
export interface NeedWatch {
  /** Needs that are settled: announced, or not worth it when they were new. */
  readonly known: ReadonlySet<NeedId>
  /** Needs that are announced together once `COALESCE_MS` have passed since the first of them. */
  readonly waiting: readonly { readonly id: SessionId; readonly needId: NeedId }[]
}

/** The moment at which it is decided. */
export interface NotifyMoment {
  readonly fleet: Fleet
  readonly isFocused: (id: SessionId) => boolean
}

/** A need that calls the operator. */
export interface Call {
  readonly session: Session
  readonly need: Need
}

/** Needs that come within this time are announced as one. */
export const COALESCE_MS = 1000

/** Needs remembered beside those that stand. */
const REMEMBERED = 1000

/** A watch that begins now: what is asked already is not new. */
export function beginWatch(fleet: Fleet): NeedWatch {
  return { known: new Set(needsOf(fleet)), waiting: [] }
}

/** The fleet may have changed: new needs wait to be announced, except of a session that the operator types into. */
export function noticeNeeds(watch: NeedWatch, { fleet, isFocused }: NotifyMoment): NeedWatch {
  const fresh = Object.values(fleet.sessions).flatMap(({ id, need }) =>
    need === undefined || watch.known.has(need.id) ? [] : [{ id, needId: need.id }],
  )
  if (fresh.length === 0) return watch
  const known = new Set([...[...watch.known].slice(-REMEMBERED), ...needsOf(fleet)])
  return { known, waiting: [...watch.waiting, ...fresh.filter(({ id }) => !isFocused(id))] }
}

/** The time has come: what of that which waits is announced is what still stands. `minute` is the minute of the day. */
export function settleNeeds(
  watch: NeedWatch,
  { fleet, isFocused }: NotifyMoment,
  { rule, minute }: { readonly rule: NotifyRule; readonly minute: number },
): { readonly watch: NeedWatch; readonly calls: readonly Call[] } {
  const isQuiet = isWithin(rule.quietHours, minute)
  const calls = watch.waiting.flatMap(({ id, needId }): readonly Call[] => {
    const session = fleet.sessions[id]
    const need = session?.need
    if (session === undefined || need === undefined || need.id !== needId) return []
    const isWanted = !isQuiet && rule.kinds.includes(need.kind) && session.snooze === undefined && !isFocused(id)
    return isWanted ? [{ session, need }] : []
  })
  return { watch: { known: watch.known, waiting: [] }, calls }
}

/** Whether a minute of the day lies in these hours. */
export function isWithin(hours: QuietHours | undefined, minute: number): boolean {
  if (hours === undefined) return false
  const { from, to } = hours
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to
}

/** The minute of the day of a time of day, `22:30`. */
export function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

const MOST_CHARACTERS = 160

/** One harmless line for all of them: who needs the operator, and what for. */
export function callText(calls: readonly Call[]): string {
  const [only, ...others] = calls
  if (only === undefined) return ''
  if (others.length === 0) return shortLine(`${nameOf(only)} needs you: ${topicOf(only.need)}`, MOST_CHARACTERS)
  const list = calls.map((call) => `${nameOf(call)} ${call.need.kind}`).join(', ')
  return shortLine(`${calls.length} sessions need you: ${list}`, MOST_CHARACTERS)
}

function nameOf({ session }: Call): string {
  return `${session.rig}/${session.agentName}`
}

function topicOf({ kind, title }: Need): string {
  return title.trim() === '' ? kind : `${kind}, ${title}`
}

function needsOf(fleet: Fleet): readonly NeedId[] {
  return Object.values(fleet.sessions).flatMap(({ need }) => need?.id ?? [])
}
