import fc from 'fast-check'
import { createGrid, PLAIN_MODES } from '../../../src/core/grid.ts'
import { sessionId } from '../../../src/core/ids.ts'
import { createScreen } from '../../../src/host/terminal/screen.ts'
import { MalformedPictureError } from '../../../src/wire/bytes.ts'
import { createDecoder, encodeFrame, FrameError } from '../../../src/wire/codec.ts'
import { decodeControl, encodeControl } from '../../../src/wire/control.ts'
import { decodeInputFrame, encodeInputFrame } from '../../../src/wire/input-frame.ts'
import { applyPicture, encodePicture, type Picture, type Shadow } from '../../../src/wire/picture.ts'
import { decodePictureFrame, encodePictureFrame } from '../../../src/wire/picture-frame.ts'
import { FRAME, MAX_FRAME_BYTES } from '../../../src/wire/protocol.ts'

import { recordedOutput } from '../corpora.ts'
import { mutated } from '../mutations.ts'
import { createTarget, type FuzzTarget } from '../target.ts'

const ID = '01JD0000000000000000000000'

/** Bytes of a connection in any pieces: frames, or the one declared error, at every later call again. */
export function codecTarget(): FuzzTarget {
  const input = fc.tuple(mutated(connectionBytes()), mutated(connectionBytes()))
  const open = () => ({ attempt: (chunks: readonly Buffer[]) => decodeAll(chunks) })
  return createTarget({ name: 'frames of a connection', share: 20, input, open })
}

function decodeAll(chunks: readonly Buffer[]): void {
  const decoder = createDecoder()
  let isBroken = false
  for (const chunk of chunks) {
    try {
      for (const { type, payload } of decoder.push(chunk)) {
        if (payload.byteLength >= MAX_FRAME_BYTES) throw new Error('a frame is longer than it may be')
        readPayload(type, payload)
      }
      if (isBroken) throw new Error('it went on after an error')
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      isBroken = true
    }
  }
}

function readPayload(type: number, payload: Buffer): void {
  if (type === FRAME.pictures) decodePictureFrame(payload)
  else if (type === FRAME.input) decodeInputFrame(payload)
  else decodeControl(payload)
}

/** Payloads as the other side may send them, each read as every kind. */
export function payloadTarget(): FuzzTarget {
  const open = () => ({
    attempt(payload: Buffer) {
      for (const type of Object.values(FRAME)) readPayload(type, payload)
    },
  })
  return createTarget({ name: 'payloads', share: 20, input: mutated(payloads()), open })
}

/** Packed pictures: cells, or the one declared error, and never a cell outside of the screen. */
export function pictureTarget(): FuzzTarget {
  return createTarget({
    name: 'packed pictures',
    share: 16,
    input: mutated(packedPictures()),
    open: () => ({ attempt: (bytes: Buffer) => expectWholePicture(bytes) }),
  })
}

function expectWholePicture(bytes: Buffer): void {
  const pictures = new Map<string, Picture>()
  const grid = createGrid(20, 5)
  pictures.set(ID, { ...META, grid })
  try {
    applyPicture(bytes, pictures)
  } catch (error) {
    if (!(error instanceof MalformedPictureError)) throw error
  }
  for (const { grid: each, cursor } of pictures.values()) {
    const count = each.cols * each.rows
    const isInside = [...each.combined.keys()].every((cell) => cell >= 0 && cell < count)
    if (!isInside || cursor.x >= each.cols || cursor.y >= each.rows)
      throw new Error('something is outside of the screen')
  }
}

const META = {
  sessionId: ID,
  cursor: { x: 0, y: 0, visible: true },
  modes: PLAIN_MODES,
  scroll: { offset: 0, length: 0, liveTop: 0 },
  revision: 1,
} as const

function packedPictures(): readonly Buffer[] {
  const screen = createScreen({ cols: 20, rows: 5, reply: () => undefined })
  const shadow: Shadow = { last: { ...META, grid: createGrid(20, 5) } }
  const packed = recordedOutput()
    .filter((_, index) => index % 40 === 0)
    .flatMap((bytes) => {
      screen.write(bytes)
      return encodePicture(shadow, screen.snapshot(), META) ?? []
    })
  const full = encodePicture({}, screen.snapshot(), META)
  screen.dispose()
  return [...packed, ...(full === undefined ? [] : [full])].map((bytes) => Buffer.from(bytes))
}

function payloads(): readonly Buffer[] {
  const pictures = packedPictures().slice(0, 4)
  return [
    encodeControl({ id: 1, request: 'session/spawn', params: { backend: 'claude', size: { cols: 80, rows: 24 } } }),
    encodeControl({ id: 2, result: [{ id: ID }] }),
    encodeControl({ id: 3, error: { code: 'session.not-found', message: 'no', data: { name: 'x' } } }),
    encodeControl({ notify: 'panes/set', params: { panes: [{ id: ID, isFocused: true }] } }),
    encodeInputFrame({ id: sessionId(ID), bytes: Buffer.from('ls\r') }),
    ...pictures.map((bytes, frame) => encodePictureFrame({ frame, pictures: [{ surface: 'live', bytes }] })),
  ]
}

function connectionBytes(): readonly Buffer[] {
  const frames = payloads().map((payload, index) => encodeFrame(index < 4 ? FRAME.control : FRAME.pictures, payload))
  return [...frames, Buffer.concat(frames)]
}
