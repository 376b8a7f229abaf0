import { rawWords, sourceWords, standingWords } from '../../core/explain.ts'
import { factWords } from '../../core/fact-words.ts'
import { formatClockSeconds } from '../theme/ages.ts'
import { wrapLines } from '../widgets/plain-text.ts'
import type { EventsOverlay } from './events.ts'

/** One line of what happened: a heading, or when it was, what it was, and why. */
export type EventRow =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string }
  | {
      readonly kind: 'event'
      readonly at: string
      readonly what: string
      readonly source: string
      readonly why: string
    }
  | { readonly kind: 'blank' }

/** Columns of the time before each line. */
export const TIME_COLUMNS = 10

/** The lines of the page that is shown, oldest first, on a panel of so many columns. */
export function eventRows(overlay: EventsOverlay, columns: number): readonly EventRow[] {
  return overlay.page === 'all' ? historyRows(overlay) : reasonRows(overlay, columns)
}

function historyRows({ history }: EventsOverlay): readonly EventRow[] {
  return history.map((envelope) => ({ kind: 'event', at: formatClockSeconds(envelope.at), ...factWords(envelope) }))
}

function reasonRows({ explanation }: EventsOverlay, columns: number): readonly EventRow[] {
  const { session, transitions, heard } = explanation
  const changes = transitions.flatMap(({ at, became, source, why, raw }): readonly EventRow[] => [
    { kind: 'event', at: formatClockSeconds(at), what: became, source, why },
    ...(raw === null ? [] : [{ kind: 'note', text: `heard from ${rawWords(raw)}` } as const]),
  ])
  const signals = heard.map((raw): EventRow => {
    const { what, source, detail } = raw
    return { kind: 'event', at: formatClockSeconds(raw.at), what, source, why: detail }
  })
  return [
    { kind: 'heading', text: 'Heard lately' },
    ...signals,
    { kind: 'blank' },
    { kind: 'heading', text: 'What it was, and why' },
    ...changes,
    { kind: 'blank' },
    { kind: 'heading', text: `Now: ${standingWords(session)}` },
    { kind: 'note', text: `${session.why}, says ${sourceWords(session.source)}` },
    ...(session.settingsNotes ?? [])
      .flatMap((note) => wrapLines(note, columns - TIME_COLUMNS))
      .map((text) => ({ kind: 'note', text }) as const),
  ]
}
