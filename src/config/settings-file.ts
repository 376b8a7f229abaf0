import { readFileSync, statSync } from 'node:fs'
import type * as z from 'zod'
import { ControlError, fail } from '../core/errors.ts'
import { contradictions } from './contradictions.ts'
import { type JsonSource, JsonSyntaxError, parseJsonSource } from './json-source.ts'
import { RIG_SETTINGS, type RigSettings, TOWN_SETTINGS, type TownSettings } from './schema.ts'

/** Something in a settings file that has no effect. */
export interface ConfigWarning {
  readonly file: string
  readonly line: number
  readonly problem: string
}

/** A warning as one line for the operator: `FILE:LINE: what has no effect, and why`. */
export function warningText({ file, line, problem }: ConfigWarning): string {
  return `${file}:${line}: ${problem}`
}

/** A setting that a repository brought along and that only the operator may let count: where it stands, and what it says. */
export interface HeldSetting {
  readonly path: readonly string[]
  readonly value: unknown
}

/** A settings file that was read and is right. */
export type SettingsFile = {
  readonly file: string
  readonly text: string
  readonly warnings: readonly ConfigWarning[]
  /** What a repository brought along and does not count until the operator trusts it; absent when everything counts. */
  readonly held?: readonly HeldSetting[]
} & Pick<JsonSource, 'lineOf'> &
  (
    | { readonly kind: 'town'; readonly settings: TownSettings }
    | { readonly kind: 'rig'; readonly settings: RigSettings }
  )

/** Reads one settings file; undefined when there is none. Throws `config.invalid` with the line of what is wrong. */
export function readSettings(file: string): SettingsFile | undefined {
  const text = readText(file)
  return text === undefined ? undefined : parseSettings(file, text)
}

/** Longest settings file that is read, in bytes. */
export const LONGEST_SETTINGS = 1024 * 1024

function readText(file: string): string | undefined {
  try {
    // A repository may bring a link along that leads to a device, which never ends.
    const stats = statSync(file)
    if (!stats.isFile()) return fail('config.invalid', { file, line: 1, problem: 'it is no plain file' })
    if (stats.size > LONGEST_SETTINGS)
      fail('config.invalid', { file, line: 1, problem: `it is longer than ${LONGEST_SETTINGS} bytes` })
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof ControlError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return fail('config.invalid', { file, line: 1, problem: `cannot be read (${String(code)})` })
  }
}

/** The settings in a text; `file` is only named in errors and warnings. */
export function parseSettings(file: string, text: string): SettingsFile {
  const source = parseSource(file, text)
  const type = typeOf(source.value)
  const { lineOf } = source
  if (type === 'town-settings') {
    const checked = check(TOWN_SETTINGS, source, file)
    return { kind: 'town', file, text, lineOf, ...withContradictions(checked, file, lineOf) }
  }
  if (type === 'rig-settings') {
    const checked = check(RIG_SETTINGS, source, file)
    return { kind: 'rig', file, text, lineOf, ...withContradictions(checked, file, lineOf) }
  }
  const problem = `"type" must be "town-settings" or "rig-settings", found ${JSON.stringify(type) ?? 'nothing'}`
  return fail('config.invalid', { file, line: source.lineOf(['type']), problem })
}

function withContradictions<Settings extends TownSettings | RigSettings>(
  { settings, warnings }: Checked<Settings>,
  file: string,
  lineOf: JsonSource['lineOf'],
): Checked<Settings> {
  const more = contradictions(settings).map(({ path, problem }) => ({ file, line: lineOf(path), problem }))
  return { settings, warnings: [...warnings, ...more].sort((a, b) => a.line - b.line) }
}

function parseSource(file: string, text: string): JsonSource {
  try {
    return parseJsonSource(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return fail('config.invalid', { file, line: error.line, problem: `not valid JSON: ${error.message}` })
  }
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
}

/** What a file says, once it is right. */
export interface Checked<Settings> {
  readonly settings: Settings
  readonly warnings: readonly ConfigWarning[]
}

/** Reads a JSON file that has to fit a schema; undefined when there is none. Throws as `readSettings` does. */
export function readChecked<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): (Checked<z.output<Schema>> & Pick<JsonSource, 'lineOf'>) | undefined {
  const text = readText(file)
  if (text === undefined) return undefined
  const source = parseSource(file, text)
  return { ...check(schema, source, file), lineOf: source.lineOf }
}

function check<Schema extends z.ZodType>(schema: Schema, source: JsonSource, file: string): Checked<z.output<Schema>> {
  const first = schema.safeParse(source.value)
  const unknown = first.success ? [] : first.error.issues.flatMap(meantIssues).flatMap(unknownKeys)
  const known = unknown.reduce<unknown>(withoutKey, source.value)
  const result = schema.safeParse(known)
  if (!result.success) return failWith(result.error.issues.flatMap(meantIssues), source, file)
  const warnings = unknown.map((path) => ({
    file,
    line: source.lineOf(path),
    problem: `unknown key "${path.join('.')}" has no effect`,
  }))
  return { settings: result.data, warnings }
}

/** Of a value that may be one of several things, what is wrong inside the one that it was meant to be. */
function meantIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const isOther = ({ code, path }: z.core.$ZodIssue): boolean => path.length === 0 && code !== 'unrecognized_keys'
  const meant = issue.errors.find((issues) => !issues.some(isOther))
  if (meant === undefined) return [issue]
  return meant.flatMap((each) => meantIssues({ ...each, path: [...issue.path, ...each.path] }))
}

function unknownKeys(issue: z.core.$ZodIssue): readonly PropertyKey[][] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : []
}

/** A value without the setting at this path. */
export function withoutKey(value: unknown, path: readonly PropertyKey[]): unknown {
  const [key, ...rest] = path
  if (key === undefined || typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  if (rest.length === 0) return Object.fromEntries(entries.filter(([name]) => name !== key))
  return Object.fromEntries(entries.map(([name, item]) => [name, name === key ? withoutKey(item, rest) : item]))
}

function failWith(issues: readonly z.core.$ZodIssue[], source: JsonSource, file: string): never {
  const [issue] = issues
  const path = issue?.path ?? []
  const at = path.length === 0 ? '' : `"${path.join('.')}": `
  const problem = `${at}${messageOf(issue)}`
  return fail('config.invalid', { file, line: source.lineOf(path), problem })
}

/** A wrong key says what is wrong with it only inside. */
function messageOf(issue: z.core.$ZodIssue | undefined): string {
  const inner = issue?.code === 'invalid_key' ? issue.issues[0] : issue
  return inner?.message ?? 'wrong value'
}
