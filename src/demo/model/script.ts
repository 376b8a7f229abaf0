import { type JsonObject, parseObject } from '../../core/json.ts'

/** What a step wants done by one of the agent's own tools, before anyone knows how the agent names it. */
export type ToolRequest =
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'ask'; readonly question: string; readonly options: readonly string[] }
  | { readonly kind: 'task'; readonly script: string }
  | { readonly kind: 'named'; readonly name: string; readonly input: JsonObject }

/** One step of a script. */
export type Step =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'slow'; readonly seconds: number; readonly text: string }
  | { readonly kind: 'stream'; readonly seconds: number; readonly text: string }
  | { readonly kind: 'lines'; readonly count: number }
  | { readonly kind: 'think'; readonly seconds: number }
  | { readonly kind: 'hang'; readonly seconds: number }
  | { readonly kind: 'usage'; readonly inputTokens: number }
  | { readonly kind: 'fail'; readonly status: number; readonly times: number; readonly message?: string }
  | { readonly kind: 'break'; readonly how: 'error' | 'cut'; readonly times: number }
  | { readonly kind: 'call'; readonly requests: readonly ToolRequest[] }

type Parse = (argument: string) => Step | undefined

const words: Readonly<Record<string, Parse>> = {
  SAY: (text) => ({ kind: 'say', text: lineBreaks(text) || 'ok' }),
  SLOW: (argument) => timed('slow', argument),
  STREAM: (argument) => timed('stream', argument),
  LONG: (argument) => ({ kind: 'lines', count: Math.round(quantity(argument, 100, 20_000)) }),
  THINK: (argument) => ({ kind: 'think', seconds: quantity(argument, 2, 3600) }),
  HANG: (argument) => ({ kind: 'hang', seconds: quantity(argument, 5, 3600) }),
  USAGE: (argument) => ({ kind: 'usage', inputTokens: Math.round(quantity(argument, 1000, 10_000_000)) }),
  FAIL: parseFailure,
  MIDFAIL: (argument) => ({ kind: 'break', how: 'error', times: times(argument) }),
  DROP: (argument) => ({ kind: 'break', how: 'cut', times: times(argument) }),
  RUN: (command) => call({ kind: 'run', command: command || 'true' }),
  READ: (path) => call({ kind: 'read', path }),
  WRITE: (argument) => call({ kind: 'write', path: head(argument), text: `${lineBreaks(rest(argument))}\n` }),
  ASK: parseQuestion,
  TASK: (script) => call({ kind: 'task', script: script.replaceAll(' // ', ' ;; ') }),
  TOOL: (argument) => call({ kind: 'named', name: head(argument) || 'Bash', input: parseObject(rest(argument)) ?? {} }),
  PAR: parseParallel,
}

const wordAtStart = new RegExp(`^["'\`>\\s]*(${Object.keys(words).join('|')})(?=\\s|["']|$)`)
const wordInLine = new RegExp(`[:\\]]\\s+((?:${Object.keys(words).join('|')})(?=\\s|$).*)`, 's')

/**
 * The script inside a prompt: from the last line that starts with a script word (quotes around it are dropped), else
 * from the first word behind a colon or bracket ("from alpha: SAY hi"). Undefined when there is none.
 */
export function scriptIn(prompt: string): string | undefined {
  const lines = prompt.split('\n')
  const start = lines.findLastIndex((line) => wordAtStart.test(line))
  if (start < 0) return wordInLine.exec(prompt)?.[1]?.trim()
  const text = lines.slice(start).join('\n').trim()
  const quote = /^["'`]/.exec(text)?.[0]
  const bare = text.replace(/^["'`>\s]+/, '')
  return quote !== undefined && bare.endsWith(quote) ? bare.slice(0, -1) : bare
}

/** The texts of a script's steps, which ` ;; ` joins. */
export function splitSteps(script: string): readonly string[] {
  return script
    .split(/\s+;;\s+/)
    .map((step) => step.trim())
    .filter((step) => step !== '')
}

/** One step. Never throws: text without a script word is said as it stands, a senseless number gets the default. */
export function parseStep(step: string): Step {
  const match = /^([A-Z]+)(?:\s+([\s\S]*))?$/.exec(step.trim())
  const parse = match?.[1] !== undefined && Object.hasOwn(words, match[1]) ? words[match[1]] : undefined
  return parse?.((match?.[2] ?? '').trim()) ?? { kind: 'say', text: step.trim() || 'ok' }
}

/** All steps of a script. Never throws. */
export function parseScript(script: string): readonly Step[] {
  return splitSteps(script).map(parseStep)
}

function call(request: ToolRequest): Step {
  return { kind: 'call', requests: [request] }
}

function timed(kind: 'slow' | 'stream', argument: string): Step {
  const isTimed = Number.isFinite(Number.parseFloat(head(argument)))
  const seconds = quantity(argument, 3, 3600)
  return { kind, seconds, text: lineBreaks(isTimed ? rest(argument) : argument) }
}

function parseFailure(argument: string): Step {
  const status = Math.round(quantity(argument, 500, 599))
  const words = rest(argument)
  const message = /^\d+\s+(\S.*)$/s.exec(words)?.[1]
  const step = { kind: 'fail', status: status < 400 ? 500 : status, times: times(words) } as const
  return message === undefined ? step : { ...step, message }
}

function parseQuestion(argument: string): Step {
  const [question = '', ...options] = argument.split(/\s*\|\s*/).filter((part) => part !== '')
  return call({
    kind: 'ask',
    question: question || 'Shall I go on?',
    options: options.length >= 2 ? options : ['Yes', 'No'],
  })
}

function parseParallel(argument: string): Step | undefined {
  const parts = argument.split(/\s*\|\|\s*/).filter((part) => part !== '' && !/^PAR\b/.test(part))
  const requests = parts.map(parseStep).flatMap((step) => (step.kind === 'call' ? step.requests : []))
  return requests.length === 0 ? undefined : { kind: 'call', requests }
}

function head(text: string): string {
  return /^\S*/.exec(text)?.[0] ?? ''
}

function rest(text: string): string {
  return text.slice(head(text).length).trim()
}

function quantity(text: string, fallback: number, most: number): number {
  const value = Number.parseFloat(head(text))
  return Number.isFinite(value) && value >= 0 ? Math.min(value, most) : fallback
}

function times(text: string): number {
  const value = Number.parseInt(head(text), 10)
  return Number.isFinite(value) && value >= 0 ? value : Number.POSITIVE_INFINITY
}

/** A prompt given on a command line has no line breaks: `\n` stands for one. */
function lineBreaks(text: string): string {
  return text.replaceAll('\\n', '\n')
}
