import { describe, expect, test } from 'vitest'
import type { Frame } from '../../src/wire/codec.ts'
import { MAX_FRAME_BYTES } from '../../src/wire/protocol.ts'
import { NOT_READING, type Transport, type TransportOptions } from '../../src/wire/transport.ts'

/** Two connected ends, and how to let go of what carries them. */
export interface TransportPair extends AsyncDisposable {
  readonly ends: readonly [Transport, Transport]
}

/** What every transport promises. */
export function transportSuite(name: string, create: (options?: TransportOptions) => Promise<TransportPair>): void {
  describe(`transport: ${name}`, () => {
    test('frames arrive whole, in order, each once, in both directions', async () => {
      await using pair = await create()
      const [here, there] = pair.ends
      const atHere = collect(here, 300)
      const atThere = collect(there, 300)
      for (let index = 0; index < 300; index += 1) {
        here.send(index % 3, Buffer.from(`to there ${index}`))
        there.send(index % 3, Buffer.from(`to here ${index}`))
      }
      expect((await atThere).map(textOf)).toEqual(Array.from({ length: 300 }, (_, index) => `to there ${index}`))
      expect((await atHere).map(({ type }) => type)).toEqual(Array.from({ length: 300 }, (_, index) => index % 3))
    })

    test('empty and very large frames arrive as they are', async () => {
      await using pair = await create()
      const [here, there] = pair.ends
      const large = Buffer.alloc(5_000_000, 'signalbox')
      const heard = collect(there, 3)
      here.send(1, Buffer.alloc(0))
      here.send(2, large)
      here.send(0, Buffer.from('after'))
      const [empty, big, after] = await heard
      expect(empty?.payload.length).toBe(0)
      expect(big?.payload.equals(large)).toBe(true)
      expect(textOf(after)).toBe('after')
    })

    test('a frame that is too long is refused and the connection lives', async () => {
      await using pair = await create()
      const [here, there] = pair.ends
      const heard = collect(there, 1)
      expect(() => here.send(0, Buffer.alloc(MAX_FRAME_BYTES))).toThrow(/longer/)
      here.send(0, Buffer.from('fine'))
      expect(textOf((await heard)[0])).toBe('fine')
    })

    test('a sender that is too quick is asked to wait and told when to go on', async () => {
      await using pair = await create()
      const [here, there] = pair.ends
      const drained = new Promise<void>((resolve) => {
        here.onDrain(resolve)
      })
      let sent = 1
      while (here.send(1, Buffer.alloc(64 * 1024))) sent += 1
      expect(here.bufferedBytes).toBeGreaterThan(0)
      const heard = collect(there, sent)
      await drained
      expect((await heard).length).toBe(sent)
    })

    test('a side that never reads is disconnected at its limit and costs no more memory', async () => {
      await using pair = await create({ maxBufferedBytes: 1_000_000 })
      const [here] = pair.ends
      const closed = whenClosed(here)
      for (let index = 0; index < 1000 && !here.isClosed; index += 1) here.send(1, Buffer.alloc(64 * 1024))
      expect(await closed).toBe(NOT_READING)
      expect(here.bufferedBytes).toBeLessThan(1_200_000)
    })

    test('what was sent before closing arrives, then the close', async () => {
      await using pair = await create()
      const [here, there] = pair.ends
      const events: string[] = []
      there.onFrame((frame) => events.push(textOf(frame)))
      const closed = whenClosed(there)
      here.send(0, Buffer.from('one'))
      here.send(1, Buffer.alloc(500_000))
      here.send(0, Buffer.from('last'))
      here.close('enough')
      await closed
      expect(events.length).toBe(3)
      expect(events.at(-1)).toBe('last')
    })

    test('closing is told once on both sides, and to who asks later', async () => {
      await using pair = await create()
      const [here, there] = pair.ends
      const heard: string[] = []
      here.onClose((reason) => heard.push(`here: ${reason}`))
      const closed = whenClosed(there)
      there.onFrame(() => undefined)
      here.close('done')
      here.close('again')
      expect(await closed).toMatch(/other side/)
      expect(heard).toEqual(['here: done'])
      expect(await whenClosed(here)).toBe('done')
      expect(here.send(0, Buffer.from('late'))).toBe(false)
      expect([here.isClosed, there.isClosed]).toEqual([true, true])
    })

    test('frames wait for the first listener', async () => {
      await using pair = await create()
      const [here, there] = pair.ends
      const echo = collect(here, 1)
      here.send(0, Buffer.from('early'))
      there.send(0, Buffer.from('back'))
      await echo
      expect(textOf((await collect(there, 1))[0])).toBe('early')
    })

    test('a listener that closes while frames come hears none after it', async () => {
      await using pair = await create()
      const [here, there] = pair.ends
      const heard: string[] = []
      const closed = whenClosed(there)
      there.onFrame((frame) => {
        heard.push(textOf(frame))
        there.close('heard enough')
      })
      for (let index = 0; index < 5; index += 1) here.send(0, Buffer.from(String(index)))
      await closed
      await whenClosed(here)
      expect(heard).toEqual(['0'])
    })
  })
}

function collect(transport: Transport, count: number): Promise<readonly Frame[]> {
  const frames: Frame[] = []
  return new Promise((resolve) => {
    transport.onFrame((frame) => {
      frames.push(frame)
      if (frames.length === count) resolve(frames)
    })
  })
}

function whenClosed(transport: Transport): Promise<string> {
  return new Promise((resolve) => {
    transport.onClose(resolve)
  })
}

function textOf(frame: Frame | undefined): string {
  return frame?.payload.toString() ?? ''
}
