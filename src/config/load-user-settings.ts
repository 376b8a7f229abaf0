import { basename } from 'node:path'
import { DEFAULT_STALL_RULE, type StallRule } from '../core/freshness.ts'
import { type KeyProblem, readKeyOverrides } from '../core/key-overrides.ts'
import { minuteOf } from '../core/notify.ts'
import { DEFAULT_NOTIFICATIONS, type NotificationSettings, type RoomSettings } from '../core/room-settings.ts'
import type { ThemeChoice } from '../core/theme-choice.ts'
import type { JsonSource } from './json-source.ts'
import { type ConfigWarning, readChecked } from './settings-file.ts'
import { type UserSettings, userSettings } from './user-settings.ts'

/** The operator's own settings, with what holds where they say nothing. */
export interface UserConfig {
  readonly file: string
  /** Without a file the defaults hold. */
  readonly isThere: boolean
  readonly room: RoomSettings
  readonly stall: StallRule
  readonly warnings: readonly ConfigWarning[]
}

/** Reads the settings at this path. Throws `config.invalid` with file, line and what was expected. */
export function loadUserSettings(file: string): UserConfig {
  const read = readChecked(file, userSettings())
  const settings: UserSettings = read?.settings ?? {}
  const { keys, problems } = readKeyOverrides(settings.keys ?? {})
  const keyWarnings = problems.map((each) => warningOf(each, { file, lineOf: read?.lineOf }))
  const warnings = [...(read?.warnings ?? []), ...keyWarnings].sort((a, b) => a.line - b.line)
  const theme = themeOf(settings.theme)
  return {
    file,
    isThere: read !== undefined,
    room: {
      keys,
      ...(theme === undefined ? {} : { theme }),
      notifications: notificationsOf(settings.notifications),
      problems: warnings.map(({ line, problem }) => `${basename(file)}:${line}: ${problem}`),
    },
    stall: stallOf(settings.stall),
    warnings,
  }
}

interface Place {
  readonly file: string
  readonly lineOf: JsonSource['lineOf'] | undefined
}

function warningOf({ id, index, problem }: KeyProblem, { file, lineOf }: Place): ConfigWarning {
  const path = ['keys', id, ...(index === undefined ? [] : [index])]
  return { file, line: lineOf?.(path) ?? 1, problem: `keys.${id}: ${problem}` }
}

function themeOf(theme: UserSettings['theme']): ThemeChoice | undefined {
  if (theme === undefined) return undefined
  if (typeof theme === 'string') return { base: theme, colours: {} }
  const said = Object.entries(theme.colours).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { base: theme.base ?? 'dark', colours: Object.fromEntries(said) }
}

function notificationsOf(said: UserSettings['notifications'] = {}): NotificationSettings {
  const { bell, desktop, title } = DEFAULT_NOTIFICATIONS
  return {
    kinds: said.kinds ?? DEFAULT_NOTIFICATIONS.kinds,
    bell: said.bell ?? bell,
    desktop: said.desktop ?? desktop,
    title: said.title ?? title,
    ...(said.command === undefined ? {} : { command: said.command }),
    ...(said.quietHours === undefined
      ? {}
      : { quietHours: { from: minuteOf(said.quietHours.from), to: minuteOf(said.quietHours.to) } }),
  }
}

const MINUTE_MS = 60_000

function stallOf({ minutes, roles = {} }: NonNullable<UserSettings['stall']> = {}): StallRule {
  const said = Object.entries(roles).map(([role, each]) => [role, each * MINUTE_MS] as const)
  return {
    byRole: { ...DEFAULT_STALL_RULE.byRole, ...Object.fromEntries(said) },
    otherMs: minutes === undefined ? DEFAULT_STALL_RULE.otherMs : minutes * MINUTE_MS,
  }
}
