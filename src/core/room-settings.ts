import type { KeyOverrides } from './key-overrides.ts'
import type { NeedKind } from './need.ts'
import type { NotifyRule } from './notify.ts'
import type { ThemeChoice } from './theme-choice.ts'

/** How the operator is told of needs. */
export interface NotificationSettings extends NotifyRule {
  readonly bell: boolean
  /** Through which sequence the terminal is asked to show a notification; `auto`: the one it is known to understand. */
  readonly desktop: 'auto' | 'osc9' | 'osc777' | 'off'
  /** The window's title counts the needs. */
  readonly title: boolean
  /** Started by the host for each need, which it gets on its standard input. */
  readonly command?: readonly string[]
}

/** What a room takes from the operator's own settings. */
export interface RoomSettings {
  readonly keys: KeyOverrides
  /** Absent when the operator has chosen none. */
  readonly theme?: ThemeChoice
  readonly notifications: NotificationSettings
  /** What of the settings has no effect, and where it stands. */
  readonly problems: readonly string[]
}

const KINDS: Readonly<Record<NeedKind, true>> = {
  permission: true,
  question: true,
  plan: true,
  login: true,
  error: true,
  limited: true,
  stalled: true,
  exited: true,
  conflict: true,
  unsent: true,
}

/** Every kind of need; all of them call the operator unless the settings say which. */
export const NEED_KINDS = Object.keys(KINDS) as readonly NeedKind[]

/** Without settings the operator is told of every need, by all that the terminal can do. */
export const DEFAULT_NOTIFICATIONS: NotificationSettings = {
  kinds: NEED_KINDS,
  bell: true,
  desktop: 'auto',
  title: true,
}

export const DEFAULT_ROOM_SETTINGS: RoomSettings = { keys: {}, notifications: DEFAULT_NOTIFICATIONS, problems: [] }
