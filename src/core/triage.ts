import { isLive, type Session } from './session.ts'

/** What a session means to the operator right now: the one word, glyph and colour that it has everywhere. */
export type Standing =
  | 'needs-you'
  | 'failed'
  | 'limited'
  | 'stalled'
  | 'unread'
  | 'unknown'
  | 'starting'
  | 'working'
  | 'idle'
  | 'paused'
  | 'stopped'

const TIER: Record<Standing, number> = {
  'needs-you': 0,
  failed: 1,
  limited: 2,
  stalled: 3,
  unread: 4,
  unknown: 5,
  starting: 6,
  working: 6,
  idle: 7,
  paused: 8,
  stopped: 9,
}

/** The standing of a session. */
export function standingOf(session: Session): Standing {
  if (session.state === 'failed') return 'failed'
  if (session.state === 'starting') return 'starting'
  if (!isLive(session)) return 'stopped'
  if (session.state === 'paused') return 'paused'
  const kind = session.need?.kind
  if (kind === 'error') return 'failed'
  if (kind === 'limited' || kind === 'stalled') return kind
  if (kind !== undefined || session.activity === 'waiting') return 'needs-you'
  if (session.activity === 'idle') return session.unread ? 'unread' : 'idle'
  return session.activity
}

/**
 * Sessions in order of attention: urgent ones, then tier, favourites, and the longest ignored; snoozed ones last. The order
 * keeps sessions of one group together.
 */
export function byAttention(sessions: readonly Session[]): readonly Session[] {
  return [...sessions].sort(
    (a, b) =>
      placeOf(a) - placeOf(b) ||
      TIER[standingOf(a)] - TIER[standingOf(b)] ||
      Number(b.isFavourite === true) - Number(a.isFavourite === true) ||
      a.since - b.since ||
      (a.id < b.id ? -1 : 1),
  )
}

/** The headings under which the list shows sessions, in order of attention. */
export const GROUPS = ['urgent', 'needs-you', 'results', 'working', 'idle', 'paused', 'stopped', 'snoozed'] as const

export type Group = (typeof GROUPS)[number]

/** Groups that say nothing new. */
const QUIET_GROUPS: ReadonlySet<Group> = new Set<Group>(['idle', 'paused', 'stopped'])

/** Whether a session says nothing new, so that it can be put away. */
export function isQuiet(session: Session): boolean {
  return QUIET_GROUPS.has(groupOf(session))
}

const GROUP: Record<Standing, Group> = {
  'needs-you': 'needs-you',
  failed: 'needs-you',
  limited: 'needs-you',
  stalled: 'needs-you',
  unread: 'results',
  unknown: 'working',
  starting: 'working',
  working: 'working',
  idle: 'idle',
  paused: 'paused',
  stopped: 'stopped',
}

/** The heading a session belongs under. */
export function groupOf(session: Session): Group {
  if (session.snooze !== undefined) return 'snoozed'
  return session.isUrgent === true ? 'urgent' : GROUP[standingOf(session)]
}

/** Whether a session wants the operator now: what Tab goes to and what the header counts. */
export function wantsOperator(session: Session): boolean {
  return session.snooze === undefined && GROUP[standingOf(session)] === 'needs-you'
}

/** Counts for the header: an urgent session counts as what it does. */
export function countGroups(sessions: readonly Session[]): Readonly<Record<Group, number>> {
  const counts = { urgent: 0, 'needs-you': 0, results: 0, working: 0, idle: 0, paused: 0, stopped: 0, snoozed: 0 }
  for (const session of sessions) counts[session.snooze === undefined ? GROUP[standingOf(session)] : 'snoozed'] += 1
  return counts
}

function placeOf(session: Session): number {
  return GROUPS.indexOf(groupOf(session))
}
