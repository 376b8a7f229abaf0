import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { shellWord } from '../core/shell-word.ts'
import { stateDirectoryFrom, trustFileIn } from './paths.ts'
import { type ConfigWarning, type HeldSetting, readSettings, type SettingsFile, withoutKey } from './settings-file.ts'
import { riskySettings } from './trust-held.ts'
import { isBroughtAlong, originStamp } from './trust-origin.ts'
import { createTrustStore } from './trust-store.ts'

/** Says what of a settings file counts. */
export type Judge = (read: SettingsFile) => SettingsFile

interface Known {
  readonly stamp: string
  readonly isBrought: boolean
}

/**
 * A judge by what the operator trusts: what a repository brought along runs no program and allows nothing until then. Everything
 * else, and every file that the operator wrote, counts as it is.
 */
export function createJudge(trustFile: string): Judge {
  const store = createTrustStore(trustFile)
  const known = new Map<string, Known>()
  const isBrought = (file: string): boolean => {
    const stamp = originStamp(file)
    const before = known.get(file)
    if (before !== undefined && before.stamp === stamp) return before.isBrought
    const now = isBroughtAlong(file)
    // Git may have been at work between the two looks.
    if (stamp !== undefined && stamp === originStamp(file)) known.set(file, { stamp, isBrought: now })
    return now
  }
  return (read) => {
    const held = riskySettings(read.settings)
    // A town may do harm by what it does not say: it would hide another one.
    if (held.length === 0 && read.kind === 'rig') return read
    return !isBrought(read.file) || store.isTrusted(read.file, read.text) ? read : holdBack(read, held)
  }
}

/** Reads settings files as far as they count by this record. */
export function countingReader(trustFile: string): (file: string) => SettingsFile | undefined {
  const judge = createJudge(trustFile)
  return (file) => {
    const read = readSettings(file)
    return read === undefined ? undefined : judge(read)
  }
}

/** The same by the record of this process's own environment: who does not say how to read settings gets only what counts. */
export function readCountingSettings(file: string): SettingsFile | undefined {
  own ??= countingReader(trustFileIn(stateDirectoryFrom({ env: process.env, homeDirectory: homedir() })))
  return own(file)
}

let own: ReturnType<typeof countingReader> | undefined

function holdBack(read: SettingsFile, held: readonly HeldSetting[]): SettingsFile {
  const settings = held.reduce<unknown>((rest, { path }) => withoutKey(rest, path), read.settings)
  const warnings = [...read.warnings, ...(held.length === 0 ? [] : [warningOf(read, held)])]
  // Every setting that is held back is optional: without it the file is of the same kind.
  return { ...read, settings, held, warnings: warnings.sort((a, b) => a.line - b.line) } as SettingsFile
}

function warningOf({ file, lineOf }: SettingsFile, held: readonly HeldSetting[]): ConfigWarning {
  const names = held.map(({ path }) => `"${path.join('.')}"`).join(', ')
  const [verb, them] = held.length === 1 ? ['is', 'it'] : ['are', 'them']
  return {
    file,
    line: Math.min(...held.map(({ path }) => lineOf(path))),
    problem: `${names} ${verb} left out, because a repository brought ${them} along; ${trustAdvice(file)}`,
  }
}

/** What lets a file count that a repository brought along, as the end of a sentence. */
export function trustAdvice(file: string): string {
  return `look at the file, then let it count with: signalbox config trust ${shellWord(dirname(dirname(file)))}`
}
