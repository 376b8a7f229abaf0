import { followUserSettings } from '../config/follow-user-settings.ts'
import { loadUserSettings, type UserConfig } from '../config/load-user-settings.ts'
import { ControlError, toControlError } from '../core/errors.ts'
import { DEFAULT_STALL_RULE, type StallRule } from '../core/freshness.ts'
import { DEFAULT_NOTIFICATIONS, type NotificationSettings } from '../core/room-settings.ts'
import type { Log } from './log.ts'

/** What the host takes from the operator's own settings; always as they are now. */
export interface HostSettings {
  readonly notifications: NotificationSettings
  readonly stall: StallRule
  close(): void
}

/** Reads the settings and follows their changes. Wrong ones are logged and cost nothing else: sessions come first. */
export function openHostSettings(file: string, log: Log): HostSettings {
  let config = taken(attempt(file), log)
  const stop = followUserSettings(file, (change) => {
    config = taken(change, log) ?? config
  })
  return {
    get notifications() {
      return config?.room.notifications ?? DEFAULT_NOTIFICATIONS
    },
    // The rule is handed on once: what it says has to change in place.
    stall: {
      get byRole() {
        return (config?.stall ?? DEFAULT_STALL_RULE).byRole
      },
      get otherMs() {
        return (config?.stall ?? DEFAULT_STALL_RULE).otherMs
      },
    },
    close: stop,
  }
}

function attempt(file: string): UserConfig | ControlError {
  try {
    return loadUserSettings(file)
  } catch (error) {
    return toControlError(error)
  }
}

function taken(change: UserConfig | ControlError, log: Log): UserConfig | undefined {
  if (change instanceof ControlError) {
    log('settings.invalid', { detail: change.message })
    return undefined
  }
  if (change.isThere) log('settings.read', { file: change.file, problems: change.room.problems })
  return change
}
