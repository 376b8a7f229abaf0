import type { SessionId } from '../core/ids.ts'
import type { HostParts } from './host-parts.ts'
import type { HostService } from './host-service.ts'
import type { Screen } from './terminal/screen.ts'
import { createWarmScreens } from './warm-screens.ts'

type ScreenVerb = 'screenOf' | 'surfaceOf' | 'onScreenChange' | 'paneSize' | 'type' | 'focus' | 'blur'

/** Looking into sessions, and typing into them. */
export function screenVerbs(parts: HostParts): Pick<HostService, ScreenVerb> {
  const { live, options } = parts
  const warm = createWarmScreens((id) => live.get(id)?.coolDown())
  return {
    screenOf: (id) => shownScreen(parts, id),
    surfaceOf: (id) => live.get(id)?.surface ?? 'live',
    onScreenChange: (listener) => live.onScreenChange(listener),
    paneSize: (id, size) => live.get(id)?.paneSize(size),
    type: (id, bytes) => live.get(id)?.type(bytes),
    async focus(id, size) {
      const agent = parts.requireLive(id)
      agent.focus(size)
      if (agent.isWarm) warm.opened(id)
      const known = parts.session(id).size
      if (known.cols !== size.cols || known.rows !== size.rows)
        options.facts.append({ type: 'session.resized', id, size })
      live.screenChanged(id)
    },
    blur(id) {
      live.get(id)?.blur()
      warm.left(id)
      live.screenChanged(id)
    },
  }
}

/** What a session shows; what it showed last, when it has ended or has not drawn anything since it was started again. */
export function shownScreen({ live, lastScreens }: HostParts, id: SessionId): Screen | undefined {
  const screen = live.get(id)?.screen
  return screen !== undefined && screen.revision > 0 ? screen : (lastScreens.screenOf(id) ?? screen)
}
