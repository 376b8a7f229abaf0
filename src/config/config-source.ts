import { statSync } from 'node:fs'
import { toControlError } from '../core/errors.ts'
import { DEFAULT_RULES, type Rules } from '../core/rules.ts'
import { type Config, loadConfig } from './load.ts'
import { rulesOf } from './rules.ts'
import { readSettings, type SettingsFile } from './settings-file.ts'
import { createJudge } from './trust.ts'

/** The settings of directories as they are at the moment of asking; a file is only read again when it has changed. */
export interface ConfigSource {
  /** Throws `config.invalid`. */
  config(directory: string): Config
  /** What holds for a directory. While its settings are wrong, what held before; a running fleet is never without rules. */
  rules(directory: string): Rules
}

export interface ConfigSourceOptions {
  /** The record of what the operator trusts. */
  readonly trustFile: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Hears once what is wrong with the settings. */
  readonly onInvalid: (message: string) => void
}

/** A file that was written so lately may change again without looking any different. */
const STILL_FRESH_MS = 1000

interface Known {
  readonly stamp: string
  readonly read: SettingsFile
}

/** The settings of this machine's directories. */
export function createConfigSource({ trustFile, now, onInvalid }: ConfigSourceOptions): ConfigSource {
  const files = new Map<string, Known>()
  const lastGood = new Map<string, Rules>()
  let told = ''
  const read = (file: string): SettingsFile | undefined => {
    const stamp = stampOf(file, now())
    const known = files.get(file)
    if (known !== undefined && known.stamp === stamp) return known.read
    const settings = readSettings(file)
    if (settings === undefined || stamp === undefined) files.delete(file)
    else files.set(file, { stamp, read: settings })
    return settings
  }
  const judge = createJudge(trustFile)
  const config = (directory: string): Config =>
    loadConfig(directory, (file) => {
      const settings = read(file)
      return settings === undefined ? undefined : judge(settings)
    })
  return {
    config,
    rules(directory) {
      try {
        const rules = rulesOf(config(directory))
        lastGood.set(directory, rules)
        told = ''
        return rules
      } catch (error) {
        const { message } = toControlError(error)
        if (message !== told) onInvalid(message)
        told = message
        return lastGood.get(directory) ?? DEFAULT_RULES
      }
    },
  }
}

/** What tells one state of a file from another; undefined when it must be read anyway. */
function stampOf(file: string, now: number): string | undefined {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(file)
    return now - Math.max(mtimeMs, ctimeMs) < STILL_FRESH_MS ? undefined : [mtimeMs, ctimeMs, size, ino].join(' ')
  } catch {
    // No file, or none that can be looked at: reading it says which.
    return undefined
  }
}
