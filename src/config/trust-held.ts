import type { HeldSetting, SettingsFile } from './settings-file.ts'

/** Settings that run programs, or let agents do more; `*` is any key. */
interface Risk {
  readonly path: readonly string[]
  /** A value that runs nothing and allows nothing. */
  readonly isHarmless?: (value: unknown, settings: SettingsFile['settings']) => boolean
}

/** No backend's own limit is lower: to say this much or less never allows more. */
const LOWEST_OWN_LIMIT = 10

/** The modes that allow least. */
const STRICTEST: ReadonlySet<unknown> = new Set(['plan', 'deny'])

const RISKS: readonly Risk[] = [
  {
    path: ['runtime', 'command'],
    isHarmless: (value, settings) => settings.type === 'rig-settings' && value === settings.runtime?.provider,
  },
  { path: ['runtime', 'hooks'] },
  { path: ['roles', '*', 'set_up'] },
  { path: ['roles', '*', 'permissions'], isHarmless: (value) => STRICTEST.has(value) },
  { path: ['pool', 'limits', '*'], isHarmless: (value) => typeof value === 'number' && value <= LOWEST_OWN_LIMIT },
  { path: ['pool', 'warm'] },
  { path: ['pool', 'memory_floor_mb'] },
  { path: ['pool', 'starts_per_minute'] },
]

/** The settings of a file that would be held back if a repository brought it along. */
export function riskySettings(settings: SettingsFile['settings']): readonly HeldSetting[] {
  return RISKS.flatMap(({ path, isHarmless }) =>
    settingsAt(settings, path, []).filter(({ value }) => isHarmless?.(value, settings) !== true),
  )
}

function settingsAt(value: unknown, [key, ...rest]: readonly string[], at: readonly string[]): readonly HeldSetting[] {
  if (key === undefined) return [{ path: at, value }]
  if (typeof value !== 'object' || value === null) return []
  const entries = Object.entries(value).filter(([name, item]) => item !== undefined && (key === '*' || key === name))
  return entries.flatMap(([name, item]) => settingsAt(item, rest, [...at, name]))
}
