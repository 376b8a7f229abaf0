import { ControlError } from '../../core/errors.ts'
import { DEFAULT_ROOM_SETTINGS, type RoomSettings } from '../../core/room-settings.ts'
import type { Dispose } from '../../core/scope.ts'
import { createKeymap, type Keymap } from '../keymap/keymap.ts'

/** Calls back whenever the operator has changed the settings: with the new ones, or with what is wrong with them. */
export type FollowSettings = (listener: (change: RoomSettings | ControlError) => void) => Dispose

/** The settings of a room while it is open. */
export interface LiveSettings {
  readonly current: RoomSettings
  /** Always has the keys of the present settings. */
  readonly keymap: Keymap
  /** Says what has no effect, and from then on takes over changes; `onChange` is for what keeps settings of its own. */
  start(tools: SettingsTools): Dispose
}

/** What is told of settings. */
export interface SettingsTools {
  say(tone: 'info' | 'warning' | 'error', text: string): void
  onChange(settings: RoomSettings): void
}

/** Settings that a room opens with, and how it hears of other ones. */
export function createLiveSettings(
  settings: RoomSettings = DEFAULT_ROOM_SETTINGS,
  follow: FollowSettings = () => () => undefined,
): LiveSettings {
  let current = settings
  let keys = createKeymap(settings.keys)

  function take(next: RoomSettings, { say, onChange }: SettingsTools): void {
    const hasOtherTheme = JSON.stringify(next.theme) !== JSON.stringify(current.theme)
    current = next
    keys = createKeymap(next.keys)
    onChange(next)
    const applied = hasOtherTheme
      ? 'Settings taken over; the theme when the room is opened again'
      : 'Settings taken over'
    if (next.problems.length > 0) say('warning', problemText(next.problems))
    else say('info', applied)
  }

  return {
    get current() {
      return current
    },
    keymap: {
      keysOf: (id) => keys.keysOf(id),
      commandsOf: (key) => keys.commandsOf(key),
    },
    start(tools) {
      if (current.problems.length > 0) tools.say('warning', problemText(current.problems))
      return follow((change) => {
        if (change instanceof ControlError) tools.say('error', `${change.message} The settings before go on.`)
        else take(change, tools)
      })
    },
  }
}

function problemText([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (and ${others.length} more: signalbox doctor)`
}
