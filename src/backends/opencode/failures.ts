import type { NeedDraft, NeedKind } from '../../core/need.ts'
import { shortLine } from '../../core/plain-text.ts'
import type { TurnError } from './bus-event.ts'

/** How a turn failed. */
export interface Failure {
  readonly kind: Extract<NeedKind, 'error' | 'limited' | 'login'>
  readonly message: string
}

/** The server was given a prompt and nothing came of it. */
export const NOT_BEGUN: Failure = {
  kind: 'error',
  message: 'opencode took the prompt and did not begin to work on it',
}

/** The server died under the turn. */
export const CUT_OFF: Failure = {
  kind: 'error',
  message: 'The server ended in the middle of the turn. What was done so far is kept; a new prompt goes on from there.',
}

const LOGIN_STATUS: readonly (number | undefined)[] = [401, 403]
const LIMIT_STATUS: readonly (number | undefined)[] = [402, 429, 529]
/** Providers that say it in words only. */
const LIMIT_WORDS = /rate.?limit|too many requests|overloaded|quota|usage limit|insufficient (?:credit|balance|funds)/i

/** The failure that an error of a turn is. */
export function failureIn({ name, message, status }: TurnError): Failure {
  const words = message === '' ? name : message
  if (name === 'ProviderAuthError' || LOGIN_STATUS.includes(status)) return { kind: 'login', message: words }
  return { kind: LIMIT_STATUS.includes(status) || LIMIT_WORDS.test(words) ? 'limited' : 'error', message: words }
}

const TITLES: Readonly<Record<Failure['kind'], string>> = {
  error: 'Turn failed',
  limited: 'The model is limited',
  login: 'The provider refuses the login',
}

/** The need that a failed turn leaves; its prompt is free. */
export function failureNeed(key: string, { kind, message }: Failure): NeedDraft {
  const body = shortLine(message, 2000)
  return { key, kind, title: TITLES[kind], body, options: [], answers: ['text'], isAfterTurn: true }
}

/** The need of a session whose turn goes on trying. `nextAt`: milliseconds since the epoch. */
export function retryNeed(
  key: string,
  { attempt, message, nextAt }: { readonly attempt: number; readonly message: string; readonly nextAt: number },
): NeedDraft {
  const next = new Date(nextAt).toTimeString().slice(0, 8)
  const body = `${message}\nAttempt ${attempt} failed; opencode tries again by itself, next at ${next}.`
  return { key, kind: 'limited', title: TITLES.limited, body, options: [], answers: [] }
}
