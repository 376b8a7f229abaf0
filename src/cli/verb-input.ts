import { parseDuration } from '../core/duration.ts'
import { fail } from '../core/errors.ts'
import type { VerbContext } from './context.ts'
import type { Output } from './print.ts'

/** What was typed after the verb. */
export interface VerbInput {
  /** Positional arguments; an optional one that is absent is undefined. */
  readonly args: readonly (string | readonly string[] | undefined)[]
  /** Options by their long name without dashes, in camelCase. */
  readonly options: Readonly<Record<string, unknown>>
  /** What stands after `--`. */
  readonly rest: readonly string[]
  readonly isJson: boolean
}

/** Runs one verb. What it returns is printed; a verb that streams prints by itself and returns nothing. */
export type VerbHandler = (context: VerbContext, input: VerbInput) => Promise<Output | undefined>

/** A positional argument that commander has made sure of. */
export function argumentAt(input: VerbInput, index: number): string {
  const value = input.args[index]
  return typeof value === 'string' ? value : fail('usage.invalid', { what: `argument ${index + 1} is missing` })
}

/** All values of a variadic argument. */
export function argumentsAt(input: VerbInput, index: number): readonly string[] {
  const value = input.args[index]
  return Array.isArray(value) ? value.map(String) : []
}

/** The value of an option, undefined when it was not given. */
export function textOption(input: VerbInput, name: string): string | undefined {
  const value = input.options[name]
  return typeof value === 'string' ? value : undefined
}

/** Whether a switch was given. */
export function hasOption(input: VerbInput, name: string): boolean {
  return input.options[name] === true
}

/** The value of an option that must be one of a few words. */
export function choiceOption<Choice extends string>(
  input: VerbInput,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = textOption(input, name)
  if (value === undefined) return undefined
  const choice = choices.find((each) => each === value)
  return choice ?? fail('usage.invalid', { what: `--${name} takes ${wordList(choices)}, not "${value}"` })
}

/** The value of an option that must be a whole number of at least `least`. */
export function numberOption(input: VerbInput, name: string, least: number): number | undefined {
  const value = textOption(input, name)
  if (value === undefined) return undefined
  const number = Number(value)
  if (/^[-+]?\d+$/.test(value) && Number.isSafeInteger(number) && number >= least) return number
  return fail('usage.invalid', { what: `--${name} takes a whole number from ${least} on, not "${value}"` })
}

/** The value of `--timeout` in milliseconds; the option is in seconds and may have a fraction. */
export function timeoutOption(input: VerbInput): number | undefined {
  const value = textOption(input, 'timeout')
  if (value === undefined) return undefined
  const seconds = Number(value)
  if (value.trim() !== '' && Number.isFinite(seconds) && seconds > 0 && seconds <= LONGEST_TIMEOUT_S) {
    return Math.ceil(seconds * 1000)
  }
  return fail('usage.invalid', { what: `--timeout takes a number of seconds above 0, not "${value}"` })
}

/** The value of an option that is a length of time: `90s`, `10m`, `2h`, `1d`; in milliseconds. */
export function durationOption(input: VerbInput, name: string): number | undefined {
  const value = textOption(input, name)
  if (value === undefined) return undefined
  const what = `--${name} takes a length of time such as 90s, 10m or 2h, not "${value}"`
  return parseDuration(value) ?? fail('usage.invalid', { what })
}

/** Timers hold at most 2^31 milliseconds. */
const LONGEST_TIMEOUT_S = 2_000_000

/** `a, b or c`. */
export function wordList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
