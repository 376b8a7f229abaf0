import type { Group, Standing } from '../../core/triage.ts'
import type { Tone } from './theme.ts'

/** The one look of a standing, wherever it appears. */
export interface StandingLook {
  readonly glyph: string
  readonly ascii: string
  readonly word: string
  readonly tone: Tone
}

export const STANDINGS: Readonly<Record<Standing, StandingLook>> = {
  'needs-you': { glyph: '▲', ascii: '!', word: 'needs you', tone: 'needs' },
  failed: { glyph: '✕', ascii: 'x', word: 'failed', tone: 'failed' },
  limited: { glyph: '◆', ascii: '%', word: 'limited', tone: 'limited' },
  stalled: { glyph: '◇', ascii: '~', word: 'stalled', tone: 'limited' },
  unread: { glyph: '◉', ascii: '@', word: 'unread', tone: 'result' },
  unknown: { glyph: '?', ascii: '?', word: 'unknown', tone: 'muted' },
  starting: { glyph: '◌', ascii: ':', word: 'starting', tone: 'working' },
  working: { glyph: '●', ascii: '*', word: 'working', tone: 'working' },
  idle: { glyph: '○', ascii: 'o', word: 'idle', tone: 'idle' },
  paused: { glyph: '‖', ascii: '=', word: 'paused', tone: 'muted' },
  stopped: { glyph: '·', ascii: '.', word: 'stopped', tone: 'muted' },
}

/** The headings of the list and the words of the header's counts. */
export const GROUP_LOOKS: Readonly<
  Record<Group, { readonly title: string; readonly count: string; readonly tone: Tone }>
> = {
  urgent: { title: 'URGENT', count: 'urgent', tone: 'needs' },
  'needs-you': { title: 'NEEDS YOU', count: 'need you', tone: 'needs' },
  results: { title: 'RESULTS', count: 'unread', tone: 'result' },
  working: { title: 'WORKING', count: 'working', tone: 'working' },
  idle: { title: 'IDLE', count: 'idle', tone: 'idle' },
  paused: { title: 'PAUSED', count: 'paused', tone: 'muted' },
  stopped: { title: 'STOPPED', count: 'stopped', tone: 'muted' },
  snoozed: { title: 'SNOOZED', count: 'snoozed', tone: 'muted' },
}
