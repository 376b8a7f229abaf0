import { isObject } from './json.ts'

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

/** A kind of secret: how it looks in a text, and what is left of it. */
interface SecretRule {
  readonly pattern: RegExp
  readonly kept: string
}

/** How the names of variables, fields and options end whose value is a secret. */
const SECRET_NAME =
  '(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential)s?'

const IS_SECRET_NAME = new RegExp(`(?:${SECRET_NAME}|^(?:proxy-)?authorization|^(?:set-)?cookie)$`, 'i')

/** The value behind such a name; a mere number counts something. */
const VALUE = '(?!\\[redacted\\]|\\d+(?![\\w-]))[^\\s"\',;&}]+'

/** Every kind of secret that is known, in one table; the first rules see the text first. */
const SECRETS: readonly SecretRule[] = [
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, kept: REDACTED },
  { pattern: /\b(authorization["']?\s*[:=]\s*["']?(?:[a-z]+ )?)[^\s"',}]+/gi, kept: `$1${REDACTED}` },
  { pattern: /\b((?:bearer|basic) )[A-Za-z0-9+/_.~=-]{8,}/gi, kept: `$1${REDACTED}` },
  { pattern: /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]{0,100}:)[^\s/@]+@/gi, kept: `$1${REDACTED}@` },
  { pattern: new RegExp(`(${SECRET_NAME}["']?\\s*[:=]\\s*["']?)${VALUE}`, 'gi'), kept: `$1${REDACTED}` },
  { pattern: new RegExp(`(--[\\w-]{0,40}${SECRET_NAME} )(?!-)[^\\s"']+`, 'gi'), kept: `$1${REDACTED}` },
  { pattern: /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}/g, kept: REDACTED },
  { pattern: /\b(?:gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|npm_|hf_)[A-Za-z0-9_-]{16,}/g, kept: REDACTED },
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[A-Za-z0-9_-]{30,}/g, kept: REDACTED },
  { pattern: /\beyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, kept: REDACTED },
]

/** A text for a log, without anything that looks like a secret. */
export function redactText(text: string): string {
  return SECRETS.reduce((rest, { pattern, kept }) => rest.replace(pattern, kept), text)
}

/** Data for a log: texts cut to `longest` characters and redacted, and left out whole under a name that says that they are secret. */
export function redactData(value: unknown, longest: number, name = ''): unknown {
  if (typeof value === 'string') {
    if (IS_SECRET_NAME.test(name)) return REDACTED
    return redactText(value.length > longest ? `${value.slice(0, longest)}…` : value)
  }
  if (Array.isArray(value)) return value.map((item) => redactData(item, longest, name))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redactData(item, longest, key)]))
}
