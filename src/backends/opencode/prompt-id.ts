import { randomBytes } from 'node:crypto'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_LENGTH = 14
const TIME_DIGITS = 12
/** The server counts from 1 up to so many ids in one millisecond. */
const PER_MILLISECOND = 0x1000n

/** Ids of a prompt and of its text, chosen by us so that a prompt that is sent twice is the same prompt. */
export interface PromptIds {
  readonly message: string
  readonly part: string
}

/**
 * Makes ids of the server's own form: it orders a conversation by id, so that a prompt's must be later than all before it and
 * earlier than its answer's. `now` in milliseconds since the epoch.
 */
export function createPromptIds(): (now: number) => PromptIds {
  let last = 0n
  return (now) => {
    const wanted = BigInt(now) * PER_MILLISECOND
    last = wanted > last ? wanted : last + 1n
    const time = last.toString(16).slice(-TIME_DIGITS).padStart(TIME_DIGITS, '0')
    return { message: `msg_${time}${randomLetters()}`, part: `prt_${time}${randomLetters()}` }
  }
}

function randomLetters(): string {
  return [...randomBytes(RANDOM_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('')
}
