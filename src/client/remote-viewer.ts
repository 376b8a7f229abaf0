import { createEmitter } from '../core/emitter.ts'
import type { SessionId } from '../core/ids.ts'
import type { Viewer } from '../core/viewer.ts'
import { encodeInputFrame } from '../wire/input-frame.ts'
import { FRAME } from '../wire/protocol.ts'
import type { ClientSide, Peer } from '../wire/rpc.ts'
import type { Transport } from '../wire/transport.ts'
import type { PictureStore } from './picture-store.ts'

/** Most bytes typed by one frame. */
const INPUT_BYTES = 1024 * 1024

/** What a viewer works over. */
export interface RemoteViewerParts {
  readonly transport: Transport
  readonly peer: Peer<ClientSide>
  readonly pictures: PictureStore
}

/** Looks into the sessions of the host at the other end. */
export function createRemoteViewer({ transport, peer, pictures }: RemoteViewerParts): Viewer {
  const changes = createEmitter<ReadonlySet<SessionId>>()
  let undrawn: number | undefined
  /** What came before anybody listened. */
  let unheard: ReadonlySet<SessionId> = new Set()

  function drawn(): void {
    if (undrawn === undefined) return
    const frame = undrawn
    undrawn = undefined
    peer.notify('panes/drawn', { frame })
  }

  function receive(payload: Buffer): void {
    try {
      const { frame, ids } = pictures.apply(payload)
      undrawn = frame
      if (ids.size === 0) drawn()
      else if (changes.listenerCount === 0) unheard = ids
      else changes.emit(ids)
    } catch (error) {
      transport.close(error instanceof Error ? error.message : String(error))
    }
  }

  function tellUnheard(): void {
    const ids = unheard
    if (ids.size === 0 || changes.listenerCount === 0) return
    unheard = new Set()
    changes.emit(ids)
  }

  transport.onFrame((frame) => {
    if (frame.type === FRAME.pictures) receive(frame.payload)
  })

  return {
    setPanes: (panes) => peer.notify('panes/set', { panes }),
    picture: (id) => pictures.get(id),
    onPictures(listener) {
      const dispose = changes.on(listener)
      if (unheard.size > 0) queueMicrotask(tellUnheard)
      return dispose
    },
    drawn,
    type(id, bytes) {
      // A huge paste goes in parts: no frame may be longer than a host accepts.
      for (let at = 0; at < Math.max(1, bytes.length); at += INPUT_BYTES) {
        transport.send(FRAME.input, encodeInputFrame({ id, bytes: bytes.subarray(at, at + INPUT_BYTES) }))
      }
    },
    async focus(id, size) {
      await peer.call('session/focus', { id, size })
    },
    blur: (id) => peer.notify('session/blur', { id }),
  }
}
