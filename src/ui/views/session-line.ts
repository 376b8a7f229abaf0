import type { Session, Snooze } from '../../core/session.ts'
import { type Standing, standingOf } from '../../core/triage.ts'
import { AGE_WIDTH, formatClock, formatClockSeconds } from '../theme/ages.ts'
import type { Glyphs } from '../theme/glyphs.ts'
import { STANDINGS } from '../theme/standing.ts'
import { pad, plain } from '../widgets/plain-text.ts'
import { type Line, type Span, span } from '../widgets/spans.ts'
import type { SceneCanvas, SceneTools } from './scene.ts'

/** `rig/name` as it is shown. */
export function shownName(session: Session): string {
  return plain(`${session.rig}/${session.agentName}`)
}

/** What a session is at, in a word or a few: what it asks, what it does, or the word of its standing. */
export function shownWhy(session: Session): string {
  if (session.snooze !== undefined) return snoozeWords(session.snooze)
  if (session.restartAt != null) return `back ${formatClockSeconds(session.restartAt)}`
  if (session.restartAt === null) return 'back later'
  const standing = standingOf(session)
  if (session.need !== undefined) return session.need.kind
  const tellsMore = standing === 'working' || standing === 'starting' || standing === 'unknown' || standing === 'failed'
  return tellsMore && session.why !== '' ? plain(session.why) : STANDINGS[standing].word
}

/** The branch of a session and what its worktree has that nothing else has: `issue-1 (2 uncommitted, 3 ahead)`. */
export function branchWords({ branch = '', changes }: Session): string {
  const { dirtyFiles = 0, ahead = 0 } = changes ?? {}
  const parts = [...(dirtyFiles > 0 ? [`${dirtyFiles} uncommitted`] : []), ...(ahead > 0 ? [`${ahead} ahead`] : [])]
  return plain(parts.length === 0 ? branch : `${branch} (${parts.join(', ')})`)
}

function snoozeWords({ until }: Snooze): string {
  return until === undefined ? 'until it changes' : `until ${formatClock(until)}`
}

/** The glyph of a session's standing in its colour. */
export function standingSpan(session: Session, tools: SceneTools): Span {
  const standing: Standing = standingOf(session)
  const look = STANDINGS[standing]
  return span(tools.isAscii ? look.ascii : look.glyph, look.tone)
}

/** Where an age is, so that the live texts of two places differ, and what is behind it. */
export interface AgeLook {
  readonly key: string
  readonly background?: string | undefined
}

/** How long a session has been as it is, as a live text. */
export function ageSpan(canvas: SceneCanvas, session: Session, { key, background }: AgeLook): Span {
  const isUrgent = session.need !== undefined
  const tone = isUrgent ? STANDINGS[standingOf(session)].tone : 'muted'
  const look = { width: AGE_WIDTH, tone, background } as const
  const since = session.need?.raisedAt ?? session.since
  return canvas.live(`age:${key}:${session.id}`, { kind: 'age', since }, look)
}

export interface RowLook {
  readonly isSelected: boolean
  readonly isMarked: boolean
  readonly width: number
  /** Columns for the name, if they leave enough for the rest. */
  readonly nameWidth: number
  /** Where the row is, so that the live texts of two views differ. */
  readonly key: string
}

/** The longest of the words that must never be cut: what a session asks. */
const LONGEST_NEED = 'permission'.length

/** Columns that a name may take of these: at most six in ten, and never those that the need takes. */
function nameRoom(columns: number): number {
  return Math.max(Math.floor(columns * 0.4), Math.min(Math.floor(columns * 0.6), columns - 1 - LONGEST_NEED))
}

/** One session in one line: selection bar, glyph, mark, name, what it is at, age. */
export function sessionLine(canvas: SceneCanvas, session: Session, look: RowLook): Line {
  const { theme, glyphs } = canvas.tools
  const background = look.isSelected ? theme.selected : undefined
  const inner = look.width - 3 - AGE_WIDTH - 2
  const whyWidth = inner - 1 - Math.min(look.nameWidth, nameRoom(inner))
  const tone = look.isSelected ? 'strong' : 'plain'
  const standing = STANDINGS[standingOf(session)]
  const line: Line = [
    span(look.isSelected ? glyphs.bar : ' ', 'accent'),
    standingSpan(session, canvas.tools),
    span(signOf(session, look.isMarked, glyphs), 'accent'),
    span(pad(shownName(session), inner - whyWidth - 1, glyphs.ellipsis), tone),
    span(
      ` ${pad(shownWhy(session), whyWidth, glyphs.ellipsis)} `,
      session.need === undefined ? 'muted' : standing.tone,
    ),
    ageSpan(canvas, session, { key: look.key, background }),
    span(' '),
  ]
  return background === undefined ? line : onBackground(line, background)
}

/** The operator's own sign on a session: marked for the next command, urgent, or a favourite. */
function signOf(session: Session, isMarked: boolean, glyphs: Glyphs): string {
  if (isMarked) return glyphs.marked
  if (session.isUrgent === true) return '!'
  return session.isFavourite === true ? glyphs.favourite : ' '
}

/** The line with this colour behind everything that has none of its own. */
export function onBackground(line: Line, background: string): Line {
  return line.map((part) => ('slot' in part || part.background !== undefined ? part : { ...part, background }))
}
