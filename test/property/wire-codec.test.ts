import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDecoder, encodeFrame, type Frame, FrameError } from '../../src/wire/codec.ts'
import { decodeControl } from '../../src/wire/control.ts'
import { decodePictureFrame, encodePictureFrame } from '../../src/wire/picture-frame.ts'
import { MAX_FRAME_BYTES } from '../../src/wire/protocol.ts'

const aFrame = fc.record({ type: fc.integer({ min: 0, max: 255 }), payload: fc.uint8Array({ maxLength: 200 }) })

/** The bytes in pieces that end at the given places. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))
}

describe('codec', () => {
  test('frames come out as they went in, however the bytes were cut', () => {
    fc.assert(
      fc.property(fc.array(aFrame, { maxLength: 8 }), fc.array(fc.nat(2000), { maxLength: 40 }), (frames, places) => {
        const decoder = createDecoder()
        const bytes = Buffer.concat(frames.map(({ type, payload }) => encodeFrame(type, payload)))
        const heard: Frame[] = cut(bytes, places).flatMap((piece) => [...decoder.push(piece)])
        expect(heard.map(({ type, payload }) => ({ type, payload: new Uint8Array(payload) }))).toEqual(
          frames.map(({ type, payload }) => ({ type, payload: new Uint8Array(payload) })),
        )
      }),
    )
  })

  test('random bytes raise nothing but the one error, and go on raising it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (chunks) => {
        const decoder = createDecoder()
        let broken: unknown
        for (const chunk of chunks) {
          try {
            for (const frame of decoder.push(chunk)) expect(frame.payload.length).toBeLessThan(MAX_FRAME_BYTES)
            expect(broken).toBeUndefined()
          } catch (error) {
            expect(error).toBeInstanceOf(FrameError)
            broken = error
          }
        }
      }),
    )
  })

  test('a length of zero and one above the limit are refused before their bytes are there', () => {
    for (const length of [0, MAX_FRAME_BYTES + 1, 0xffffffff]) {
      const header = Buffer.alloc(5)
      header.writeUInt32LE(length)
      expect(() => [...createDecoder().push(header)]).toThrow(FrameError)
    }
    expect(() => encodeFrame(0, Buffer.alloc(MAX_FRAME_BYTES))).toThrow(FrameError)
  })
})

describe('payloads', () => {
  test('random bytes are read or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const payload = Buffer.from(bytes)
        decodePictureFrame(payload)
        decodeControl(payload)
      }),
    )
  })

  test('any JSON is read or refused as a control message', () => {
    fc.assert(fc.property(fc.json(), (json) => void decodeControl(Buffer.from(json))))
  })

  test('a picture frame comes out as it went in', () => {
    const aPicture = fc.record({
      surface: fc.constantFrom('live' as const, 'transcript' as const, 'opening' as const),
      bytes: fc.uint8Array({ maxLength: 60 }),
    })
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.array(aPicture, { maxLength: 5 }), (frame, pictures) => {
        const read = decodePictureFrame(encodePictureFrame({ frame, pictures }))
        expect(read?.frame).toBe(frame)
        expect(read?.pictures.map(({ surface, bytes }) => ({ surface, bytes: new Uint8Array(bytes) }))).toEqual(
          pictures.map(({ surface, bytes }) => ({ surface, bytes: new Uint8Array(bytes) })),
        )
      }),
    )
  })
})
