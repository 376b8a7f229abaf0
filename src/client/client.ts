import { createEmitter } from '../core/emitter.ts'
import type { Envelope } from '../core/facts.ts'
import type { Identity } from '../core/identity.ts'
import type { Orchestrator } from '../core/orchestrator.ts'
import type { Dispose } from '../core/scope.ts'
import type { Viewer } from '../core/viewer.ts'
import type { WorktreeVerbs } from '../core/worktree.ts'
import { PROTOCOL_VERSION, type Result } from '../wire/protocol.ts'
import { type ClientSide, createPeer, type Peer } from '../wire/rpc.ts'
import type { Transport } from '../wire/transport.ts'
import { createFleetMirror, type FactSource } from './fleet-mirror.ts'
import { createPictureStore, type PictureStore } from './picture-store.ts'
import { createRemoteOrchestrator } from './remote-orchestrator.ts'
import { createRemoteViewer } from './remote-viewer.ts'

/** Why a connection ended. */
export interface ConnectionEnd {
  readonly why: string
  /** The host said that it stops, so nobody should start it again unasked. */
  readonly isHostStopping: boolean
}

/** A host at the other end of a connection. Every call rejects with `host.unreachable` once the connection is lost. */
export interface Client extends Orchestrator, Viewer, WorktreeVerbs {
  readonly factSource: FactSource
  /** First call on a connection; rejects with `host.other-version`. */
  hello(version: string, timeoutMs?: number): Promise<Result<'host/hello'>>
  /** Journalled facts after `since`, oldest first. */
  factsSince(since: number, limit: number): Promise<readonly Envelope[]>
  /** Ends every session and the host; resolves when no agent is left. */
  stopHost(): Promise<void>
  onClose(listener: (end: ConnectionEnd) => void): Dispose
  close(): void
}

export interface ClientOptions {
  /** Where pictures go; one store may serve one connection after another. */
  readonly pictures?: PictureStore | undefined
  /** Gets what a listener of this client threw. */
  readonly onUnexpected?: (error: unknown, name: string) => void
  /** The session that this program runs in. */
  readonly identity?: Identity | undefined
}

/** The host at the other end of a transport. Does nothing until something is called; `hello` comes first. */
export function createClient(transport: Transport, options: ClientOptions = {}): Client {
  const facts = createEmitter<Envelope>()
  let isHostStopping = false
  let about: Pick<Result<'host/hello'>, 'hostName' | 'run'> = { hostName: 'host', run: '' }
  const peer = createPeer<ClientSide>(transport, {
    handlers: {},
    listeners: {
      fact: (envelope) => facts.emit(envelope),
      'host/stopping': () => {
        isHostStopping = true
      },
    },
    onUnexpected: options.onUnexpected ?? throwLater,
  })
  const factSource = createFactSource(peer, { onFact: (listener) => facts.on(listener), run: () => about.run })
  return {
    ...createRemoteOrchestrator(peer, createFleetMirror(factSource)),
    ...createRemoteViewer({ transport, peer, pictures: options.pictures ?? createPictureStore() }),
    factSource,
    get name() {
      return about.hostName
    },
    async hello(version, timeoutMs) {
      const { identity } = options
      const params = { protocol: PROTOCOL_VERSION, version, ...(identity === undefined ? {} : { identity }) }
      const answer = await peer.call('host/hello', params, timeoutMs === undefined ? {} : { timeoutMs })
      about = answer
      return answer
    },
    listWorktrees: () => peer.call('worktree/list', {}),
    removeWorktree: (id, removal = {}) => peer.call('worktree/remove', { id, ...removal }),
    restoreWorktree: (id) => peer.call('worktree/restore', { id }),
    factsSince: (since, limit) => peer.call('facts/list', { since, limit }),
    async stopHost() {
      await peer.call('host/stop', {})
    },
    onClose: (listener) => transport.onClose((why) => listener({ why, isHostStopping })),
    close: () => transport.close(),
  }
}

interface FactParts {
  readonly onFact: FactSource['onFact']
  readonly run: () => string
}

function createFactSource(peer: Peer<ClientSide>, { onFact, run }: FactParts): FactSource {
  return {
    onFact,
    get run() {
      return run()
    },
    open: (since) => peer.call('facts/subscribe', since === undefined ? {} : { since }),
    close() {
      peer.call('facts/unsubscribe', {}).catch(() => {
        // Only a lost connection fails here, and then there is nothing left to unsubscribe from.
      })
    },
  }
}

/** A mistake in a listener must be seen, but must not keep the connection from going on. */
function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error
  })
}
