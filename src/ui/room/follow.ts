import type { LinkState, RoomClient } from '../../client/reconnect.ts'
import type { SessionId } from '../../core/ids.ts'
import type { FactUpdate } from '../../core/orchestrator.ts'
import { reduce } from '../../core/reduce.ts'
import { createScope } from '../../core/scope.ts'
import type { Connection, RoomState } from '../store/state.ts'
import { applyFleet, changeConnection } from '../store/transitions/facts.ts'
import { enterFocus } from '../store/transitions/focus.ts'
import { select } from '../store/transitions/selection.ts'
import { changeView } from '../store/transitions/view.ts'
import type { RoomTerminal } from '../terminal/room-terminal.ts'
import type { Commander } from './commander.ts'
import type { Painter } from './painter.ts'

export interface FollowOptions {
  readonly room: Commander
  readonly client: RoomClient
  readonly painter: Painter
  readonly terminal: RoomTerminal
  readonly attach: SessionId | undefined
}

/** Keeps the store at what the host says, and the screen and the terminal at what the store says. */
export interface Follower {
  /** Draws the first frame with the fleet as it is. Rejects when the host cannot be asked. */
  start(): Promise<void>
  dispose(): void
}

/** Creates the follower; nothing happens before `start`. */
export function followClient(options: FollowOptions): Follower {
  return new ClientFollower(options)
}

class ClientFollower implements Follower {
  readonly #options: FollowOptions
  readonly #scope = createScope()
  #isAttached = false

  constructor(options: FollowOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { room, client, painter } = this.#options
    this.#scope.add(room.store.subscribe((state, before) => this.#stateChanged(state, before)))
    this.#scope.add(client.onState((link) => this.#linkChanged(link)))
    this.#scope.add(client.onPictures((ids) => this.#picturesChanged(ids)))
    if (client.state.status !== 'connected') this.#linkChanged(client.state)
    this.#scope.add(await client.subscribe((update) => this.#applyUpdate(update)))
    painter.requestFrame()
  }

  dispose(): void {
    this.#scope.close()
  }

  #applyUpdate(update: FactUpdate): void {
    const { store, clock } = this.#options.room
    const now = clock.now()
    store.update((state) =>
      applyFleet(state, update.type === 'snapshot' ? update.fleet : reduce(state.fleet, update.envelope), now),
    )
    this.#attach(now)
  }

  /** Goes into focus of the wanted session as soon as it is known, once. */
  #attach(now: number): void {
    const { room, attach } = this.#options
    if (attach === undefined || this.#isAttached || room.store.get().fleet.sessions[attach] === undefined) return
    this.#isAttached = true
    room.store.update((state) => enterFocus(changeView(select(state, attach, now), 'zoom')))
  }

  #stateChanged(state: RoomState, before: RoomState): void {
    const { room, painter } = this.#options
    const isInFocus =
      state.focusedId !== undefined && state.focusedId === before.focusedId && state.size === before.size
    painter.stateChanged(isInFocus && room.isTyping())
    if (state.focusedId !== before.focusedId) this.#focusChanged(state)
    this.#markLookedAt(state, before)
    if (this.#isAttached && before.focusedId !== undefined && state.focusedId === undefined) room.exit('quit')
  }

  #focusChanged(state: RoomState): void {
    if (state.focusedId === undefined) this.#options.terminal.unmirror()
    else this.#mirrorModes(state.focusedId)
  }

  /** What the operator types into or has at full size is looked at: its reply counts as read. */
  #markLookedAt(state: RoomState, before: RoomState): void {
    const id = lookedAt(state)
    if (id === undefined || state.fleet.sessions[id]?.unread !== true) return
    if (id === lookedAt(before) && before.fleet.sessions[id]?.unread === true) return
    this.#options.client.markRead(id).catch(() => {
      // It stays unread, which is what the list then shows.
    })
  }

  #picturesChanged(ids: ReadonlySet<SessionId>): void {
    this.#options.painter.picturesChanged(ids)
    const { focusedId } = this.#options.room.store.get()
    if (focusedId !== undefined && ids.has(focusedId)) this.#mirrorModes(focusedId)
  }

  /** What the focused agent has set for its terminal must hold for the operator's. */
  #mirrorModes(id: SessionId): void {
    const picture = this.#options.client.picture(id)
    if (picture !== undefined) this.#options.terminal.mirror(picture.modes)
  }

  #linkChanged(link: LinkState): void {
    const { store, clock } = this.#options.room
    const now = clock.now()
    const connection: Connection = link.status === 'connected' ? { status: 'live' } : { status: 'lost', since: now }
    store.update((state) => changeConnection(state, connection, now))
  }
}

function lookedAt(state: RoomState): SessionId | undefined {
  return state.focusedId ?? (state.view === 'zoom' ? state.selectedId : undefined)
}
