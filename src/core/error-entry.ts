/** Exit codes of the command line, by meaning. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  hostUnreachable: 4,
  backendUnavailable: 5,
  refused: 6,
  timedOut: 7,
} as const

/** What a failure carries besides its code. */
export type ErrorData = Readonly<Record<string, unknown>>

/** The words of one failure. */
export interface ErrorEntry {
  /** What happened and what was not lost, in one sentence. */
  readonly message: (data: ErrorData) => string
  /** What to do now. */
  readonly hint: (data: ErrorData) => string
  readonly exit: number
}

/** A value within a sentence. */
export const text = (value: unknown): string => (value === undefined || value === null ? '?' : String(value))
