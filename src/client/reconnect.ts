import { setTimeout } from 'node:timers/promises'
import { createEmitter } from '../core/emitter.ts'
import { type ControlError, toControlError } from '../core/errors.ts'
import type { SessionId } from '../core/ids.ts'
import type { Orchestrator } from '../core/orchestrator.ts'
import type { Dispose } from '../core/scope.ts'
import type { Size } from '../core/session.ts'
import type { PaneView, Viewer } from '../core/viewer.ts'
import type { Client, ConnectionEnd } from './client.ts'
import { createFleetMirror, type FleetMirror } from './fleet-mirror.ts'
import { createPictureStore, type PictureStore } from './picture-store.ts'

/** How a room stands with its host. */
export type LinkState =
  | { readonly status: 'connected' }
  | { readonly status: 'reconnecting'; readonly why: string; readonly attempt: number }
  /** No further attempt is made. */
  | { readonly status: 'lost'; readonly error: ControlError }

/** What the way to a new connection must know. */
export interface Attempt {
  /** False after the host was stopped on purpose: one that somebody starts is joined, none is started. */
  readonly maySpawn: boolean
  readonly pictures: PictureStore
}

export interface ReconnectOptions {
  readonly connect: (attempt: Attempt) => Promise<Client>
  /** Waits before the first, second, … attempt; the last one is repeated. */
  readonly backoffMs?: readonly number[]
}

/** A client for the room: the same host over one connection after another. */
export interface RoomClient extends Orchestrator, Viewer {
  readonly state: LinkState
  onState(listener: (state: LinkState) => void): Dispose
  close(): void
}

const BACKOFF_MS: readonly number[] = [0, 100, 250, 500, 1000, 2000]

class Reconnector {
  readonly pictures: PictureStore
  readonly pictureChanges = createEmitter<ReadonlySet<SessionId>>()
  readonly states = createEmitter<LinkState>()
  readonly #options: ReconnectOptions
  readonly #closing = new AbortController()
  readonly #mirror: FleetMirror
  #client: Client
  #state: LinkState = { status: 'connected' }
  #attempts = 0
  #panes: readonly PaneView[] = []
  #focus: { readonly id: SessionId; readonly size: Size } | undefined

  constructor(options: ReconnectOptions, first: Client, pictures: PictureStore) {
    this.#options = options
    this.pictures = pictures
    this.#client = first
    this.#mirror = createFleetMirror(first.factSource)
    this.#follow(first)
  }

  get client(): Client {
    return this.#client
  }

  get mirror(): FleetMirror {
    return this.#mirror
  }

  get state(): LinkState {
    return this.#state
  }

  setPanes(panes: readonly PaneView[]): void {
    this.#panes = panes
    this.#client.setPanes(panes)
  }

  async focus(id: SessionId, size: Size): Promise<void> {
    this.#focus = { id, size }
    await this.#client.focus(id, size)
  }

  blur(id: SessionId): void {
    if (this.#focus?.id === id) this.#focus = undefined
    this.#client.blur(id)
  }

  close(): void {
    this.#closing.abort()
    this.#client.close()
  }

  #follow(client: Client): void {
    client.onPictures((ids) => this.pictureChanges.emit(ids))
    client.onClose((end) => {
      if (!this.#closing.signal.aborted) void this.#reconnect(end)
    })
  }

  async #reconnect(end: ConnectionEnd): Promise<void> {
    let { why } = end
    while (!this.#closing.signal.aborted) {
      this.#attempts += 1
      this.#setState({ status: 'reconnecting', why, attempt: this.#attempts })
      const error = await this.#attempt(!end.isHostStopping)
      if (error === undefined) return
      if (error.code === 'host.other-version') {
        this.#setState({ status: 'lost', error })
        return
      }
      why = error.message
    }
  }

  /** Waits its turn and connects once; what went wrong is the result. */
  async #attempt(maySpawn: boolean): Promise<ControlError | undefined> {
    try {
      await this.#pause()
      const client = await this.#options.connect({ maySpawn, pictures: this.pictures })
      if (this.#closing.signal.aborted) client.close()
      else await this.#adopt(client)
      return undefined
    } catch (error) {
      return this.#closing.signal.aborted ? undefined : toControlError(error)
    }
  }

  async #pause(): Promise<void> {
    const delays = this.#options.backoffMs ?? BACKOFF_MS
    const delayMs = delays[Math.min(this.#attempts, delays.length) - 1] ?? 0
    await setTimeout(delayMs, undefined, { signal: this.#closing.signal })
  }

  async #adopt(client: Client): Promise<void> {
    try {
      await this.#mirror.attach(client.factSource)
    } catch (error) {
      client.close()
      throw error
    }
    this.#client = client
    this.#attempts = 0
    this.#follow(client)
    client.setPanes(this.#panes)
    this.#setState({ status: 'connected' })
    const focus = this.#focus
    if (focus === undefined) return
    client.focus(focus.id, focus.size).catch(() => {
      // The session ended meanwhile; its facts say so.
    })
  }

  #setState(state: LinkState): void {
    this.#state = state
    this.states.emit(state)
  }
}

/**
 * Connects, and connects again whenever the connection is lost, for as long as the room lives. Facts go on where they
 * stopped; the last pictures stay until new ones come; calls made meanwhile reject with `host.unreachable`. Rejects when the
 * first connection fails.
 */
export async function connectRoom(options: ReconnectOptions): Promise<RoomClient> {
  const pictures = createPictureStore()
  const first = await options.connect({ maySpawn: true, pictures })
  return toRoomClient(new Reconnector(options, first, pictures))
}

function toRoomClient(link: Reconnector): RoomClient {
  return {
    ...delegateOrchestrator(link),
    get name() {
      return link.client.name
    },
    get state() {
      return link.state
    },
    onState: (listener) => link.states.on(listener),
    close: () => link.close(),
    setPanes: (panes) => link.setPanes(panes),
    picture: (id) => link.pictures.get(id),
    onPictures: (listener) => link.pictureChanges.on(listener),
    drawn: () => link.client.drawn(),
    type: (id, bytes) => link.client.type(id, bytes),
    focus: (id, size) => link.focus(id, size),
    blur: (id) => link.blur(id),
  }
}

/** Each call goes to the connection of that moment; a lost one rejects by itself. */
function delegateOrchestrator(link: Reconnector): Omit<Orchestrator, 'name'> {
  return {
    spawnSession: (request) => link.client.spawnSession(request),
    terminateSession: (id, options) => link.client.terminateSession(id, options),
    getSession: (id) => link.client.getSession(id),
    listSessions: (filter) => link.client.listSessions(filter),
    assignWork: (id, work) => link.client.assignWork(id, work),
    sendMessage: (id, message) => link.client.sendMessage(id, message),
    broadcastMessage: (ids, message) => link.client.broadcastMessage(ids, message),
    healthCheck: () => link.client.healthCheck(),
    endLeftovers: () => link.client.endLeftovers(),
    subscribe: (listener) => link.mirror.subscribe(listener),
    answer: (id, needId, answer) => link.client.answer(id, needId, answer),
    interrupt: (id) => link.client.interrupt(id),
    resume: (id) => link.client.resume(id),
    fork: (id, request) => link.client.fork(id, request),
    pause: (id) => link.client.pause(id),
    unpause: (id) => link.client.unpause(id),
    screen: (id, request) => link.client.screen(id, request),
    explain: (id) => link.client.explain(id),
    sendMail: (to, message) => link.client.sendMail(to, message),
    cancelMessage: (id) => link.client.cancelMessage(id),
    resendMessage: (id) => link.client.resendMessage(id),
    acknowledge: (id, by) => link.client.acknowledge(id, by),
    receipt: (id) => link.client.receipt(id),
    markRead: (id) => link.client.markRead(id),
    markUnread: (id) => link.client.markUnread(id),
    snooze: (id, length) => link.client.snooze(id, length),
    setFavourite: (id, isFavourite) => link.client.setFavourite(id, isFavourite),
    setUrgent: (id, isUrgent) => link.client.setUrgent(id, isUrgent),
    queueWork: (request) => link.client.queueWork(request),
    endWork: (id, outcome) => link.client.endWork(id, outcome),
    retryWork: (id) => link.client.retryWork(id),
    reassignWork: (id, handoff) => link.client.reassignWork(id, handoff),
    rebalance: (rig) => link.client.rebalance(rig),
    poolStatus: () => link.client.poolStatus(),
    drainPool: () => link.client.drainPool(),
    resumePool: () => link.client.resumePool(),
    costs: (request) => link.client.costs(request),
    metrics: () => link.client.metrics(),
    history: (id, limit) => link.client.history(id, limit),
  }
}
