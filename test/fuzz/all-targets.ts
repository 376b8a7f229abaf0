import type { FuzzTarget } from './target.ts'
import { claudeFileTarget, hookTarget, opencodeTarget } from './targets/agents.ts'
import { codecTarget, payloadTarget, pictureTarget } from './targets/frames.ts'
import { keyTarget, typedTarget } from './targets/keys.ts'
import { screenTarget } from './targets/screen.ts'
import { settingsTarget, userSettingsTarget } from './targets/settings.ts'

/** Everything that takes bytes or text from outside. */
export function allTargets(): readonly FuzzTarget[] {
  return [
    screenTarget(),
    codecTarget(),
    payloadTarget(),
    pictureTarget(),
    hookTarget(),
    claudeFileTarget(),
    opencodeTarget(),
    settingsTarget(),
    userSettingsTarget(),
    keyTarget(),
    typedTarget(),
  ]
}
