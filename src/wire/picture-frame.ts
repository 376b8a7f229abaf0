import type { Picture } from '../core/viewer.ts'

type Surface = Picture['surface']

/** One picture on its way: which surface it shows, and its packed bytes. */
export interface PackedPicture {
  readonly surface: Surface
  readonly bytes: Uint8Array
}

/** What a `pictures` frame holds. */
export interface PictureFrame {
  readonly frame: number
  readonly pictures: readonly PackedPicture[]
}

const SURFACES: readonly Surface[] = ['live', 'transcript', 'opening']
const FRAME_NUMBER_BYTES = 4
const PICTURE_HEADER_BYTES = 5

/** The payload of a `pictures` frame: u32 frame number, then for each picture u8 surface, u32 length, bytes. */
export function encodePictureFrame({ frame, pictures }: PictureFrame): Buffer {
  const total = pictures.reduce((sum, picture) => sum + PICTURE_HEADER_BYTES + picture.bytes.byteLength, 0)
  const payload = Buffer.allocUnsafe(FRAME_NUMBER_BYTES + total)
  payload.writeUInt32LE(frame, 0)
  let at = FRAME_NUMBER_BYTES
  for (const { surface, bytes } of pictures) {
    at = payload.writeUInt8(SURFACES.indexOf(surface), at)
    at = payload.writeUInt32LE(bytes.byteLength, at)
    payload.set(bytes, at)
    at += bytes.byteLength
  }
  return payload
}

/** What a payload holds, or undefined when it is no `pictures` frame. */
export function decodePictureFrame(payload: Buffer): PictureFrame | undefined {
  if (payload.byteLength < FRAME_NUMBER_BYTES) return undefined
  const pictures: PackedPicture[] = []
  let at = FRAME_NUMBER_BYTES
  while (at < payload.byteLength) {
    if (at + PICTURE_HEADER_BYTES > payload.byteLength) return undefined
    const surface = SURFACES[payload.readUInt8(at)]
    const end = at + PICTURE_HEADER_BYTES + payload.readUInt32LE(at + 1)
    if (surface === undefined || end > payload.byteLength) return undefined
    pictures.push({ surface, bytes: payload.subarray(at + PICTURE_HEADER_BYTES, end) })
    at = end
  }
  return { frame: payload.readUInt32LE(0), pictures }
}
