import type { SessionId } from '../core/ids.ts'
import { sessionId } from '../core/ids.ts'
import type { Picture } from '../core/viewer.ts'
import { applyPicture, type Picture as PackedPicture } from '../wire/picture.ts'
import { decodePictureFrame } from '../wire/picture-frame.ts'

/** The pictures a client has, drawn into in place; outlives a connection so that a lost one leaves them on the screen. */
export interface PictureStore {
  get(id: SessionId): Picture | undefined
  /** Draws a `pictures` frame. Throws when the bytes are none. */
  apply(payload: Buffer): { readonly frame: number; readonly ids: ReadonlySet<SessionId> }
}

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] }

/** An empty store. */
export function createPictureStore(): PictureStore {
  const packed = new Map<string, PackedPicture>()
  const pictures = new Map<SessionId, Mutable<Picture>>()
  let revision = 0

  function update(id: SessionId, surface: Picture['surface']): void {
    const from = packed.get(id)
    if (from === undefined) return
    revision += 1
    const { grid, cursor, modes, scroll } = from
    const { offset: scrollOffset, length: scrollLength, liveTop } = scroll
    const next = { grid, cursor, modes, scrollOffset, scrollLength, liveTop, revision, surface }
    const known = pictures.get(id)
    if (known === undefined) pictures.set(id, next)
    else Object.assign(known, next)
  }

  return {
    get: (id) => pictures.get(id),
    apply(payload) {
      const content = decodePictureFrame(payload)
      if (content === undefined) throw new Error('a picture frame that is none')
      const ids = new Set<SessionId>()
      for (const { surface, bytes } of content.pictures) {
        for (const drawn of applyPicture(bytes, packed)) {
          const id = sessionId(drawn)
          update(id, surface)
          ids.add(id)
        }
      }
      return { frame: content.frame, ids }
    },
  }
}
