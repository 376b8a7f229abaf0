import type { SessionId } from '../core/ids.ts'
import type { Size } from '../core/session.ts'
import type { HostService } from './host-service.ts'

/** What of the host the openings are told to. */
type Screens = Pick<HostService, 'focus' | 'blur'>

interface Opening {
  readonly viewer: object
  readonly size: Size
}

/**
 * Which rooms have a session open, that is in focus or zoomed. One session may be open in several: it has the size of the
 * room that opened it last of those that still have it, and is left when the last one has left it.
 */
export interface Openings {
  /** A viewer has the session open in a pane of this size. Rejects as `focus` of the host does; then it has not. */
  open(viewer: object, id: SessionId, size: Size): Promise<void>
  /** A viewer leaves it; nothing happens when it did not have it open. Rejects when the others cannot get their size back. */
  leave(viewer: object, id: SessionId): Promise<void>
  /** What a viewer has open. */
  of(viewer: object): readonly SessionId[]
}

/** The openings of all connections of a host: they know nothing of each other. */
export function createOpenings(screens: Screens): Openings {
  return new CountedOpenings(screens)
}

class CountedOpenings implements Openings {
  readonly #screens: Screens
  /** In the order in which they were opened. */
  readonly #bySession = new Map<SessionId, readonly Opening[]>()

  constructor(screens: Screens) {
    this.#screens = screens
  }

  async open(viewer: object, id: SessionId, size: Size): Promise<void> {
    this.#set(id, [...this.#without(viewer, id), { viewer, size }])
    try {
      await this.#screens.focus(id, size)
    } catch (error) {
      this.#set(id, this.#without(viewer, id))
      throw error
    }
  }

  async leave(viewer: object, id: SessionId): Promise<void> {
    const before = this.#bySession.get(id) ?? []
    const others = this.#without(viewer, id)
    this.#set(id, others)
    const latest = others.at(-1)
    if (latest === before.at(-1)) return
    if (latest === undefined) this.#screens.blur(id)
    else await this.#screens.focus(id, latest.size)
  }

  of(viewer: object): readonly SessionId[] {
    return [...this.#bySession]
      .filter(([, openings]) => openings.some((each) => each.viewer === viewer))
      .map(([id]) => id)
  }

  #without(viewer: object, id: SessionId): readonly Opening[] {
    return (this.#bySession.get(id) ?? []).filter((each) => each.viewer !== viewer)
  }

  #set(id: SessionId, openings: readonly Opening[]): void {
    if (openings.length === 0) this.#bySession.delete(id)
    else this.#bySession.set(id, openings)
  }
}
