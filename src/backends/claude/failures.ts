import type { NeedDraft, NeedKind } from '../../core/need.ts'

/** The `error` of a StopFailure hook, and the need it makes; every other one is an error. */
const FAILURE_KINDS: Readonly<Record<string, NeedKind>> = {
  rate_limit: 'limited',
  billing_error: 'limited',
  overloaded: 'limited',
  authentication_failed: 'login',
}

/** A failure that is known by its words alone, because the hook calls it `unknown` or something else. */
const TEXT_KINDS: readonly { readonly kind: NeedKind; readonly pattern: RegExp }[] = [
  { kind: 'login', pattern: /\b(?:run|use) \/login\b|invalid (?:api key|bearer token)|OAuth token has expired/i },
  { kind: 'login', pattern: /^API Error: 40[13]\b/i },
  {
    kind: 'limited',
    pattern: /\b(?:usage|session|weekly|5-hour|rate) limit\b|hit your limit|credit balance is too low/i,
  },
  { kind: 'limited', pattern: /^API Error: (?:429|529)\b|\b529 overloaded\b/i },
]

/** Where the words of a limit say when it ends. */
const UNTIL: readonly RegExp[] = [
  /\bresets?(?:\s+at)?\s+([^·∙|.\n]*[^·∙|.\s])/i,
  /\btry again (?:at|after|in)\s+([^·∙|.\n]*[^·∙|.\s])/i,
  /\bavailable again (?:at|on)\s+([^·∙|.\n]*[^·∙|.\s])/i,
]

/** The program's short form: the text, a bar, and the end in seconds since the epoch. */
const UNTIL_EPOCH = /limit reached\|(\d{10})\b/i

/** What the agent says about the end of a limit, in its own words or as local time; undefined when it says nothing. */
export function untilIn(text: string): string | undefined {
  const seconds = UNTIL_EPOCH.exec(text)?.[1]
  if (seconds !== undefined) return localTime(Number(seconds) * 1000)
  return UNTIL.map((pattern) => pattern.exec(text)?.[1]).find((words) => words !== undefined)
}

function localTime(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The need that a failed turn leaves; the prompt is free meanwhile. */
export function failureNeed(key: string, failure: { readonly error: string; readonly text: string }): NeedDraft {
  const { error, text } = failure
  const kind = FAILURE_KINDS[error] ?? TEXT_KINDS.find(({ pattern }) => pattern.test(text))?.kind ?? 'error'
  return { key, kind, title: titleOf(kind, error, text), body: text, options: [], answers: [], isAfterTurn: true }
}

function titleOf(kind: NeedKind, error: string, text: string): string {
  const words = error === 'unknown' || error === '' ? 'The turn failed' : error.replaceAll('_', ' ')
  const until = kind === 'limited' ? untilIn(text) : undefined
  return until === undefined ? words : `${words}, until ${until}`
}
