import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createPictureStore, type PictureStore } from '../../src/client/picture-store.ts'
import { createEmitter } from '../../src/core/emitter.ts'
import type { Grid } from '../../src/core/grid.ts'
import { type SessionId, sessionId } from '../../src/core/ids.ts'
import type { PaneView, Picture } from '../../src/core/viewer.ts'
import { createScreen, type Screen } from '../../src/host/terminal/screen.ts'
import { createPaneViewer, type PaneViewer, type ScreenSource } from '../../src/host/viewer.ts'
import { FRAME } from '../../src/wire/protocol.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { createMemoryPair } from '../../src/wire/transports/memory.ts'

const A = sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAA')
const B = sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAB')

/** Output after which the screen looks as before. */
const UNSEEN = 'x\b \b'

describe('pictures of one viewer', () => {
  test('a pane shows what its screen shows, first whole and then what changed', async () => {
    const room = openRoom()
    room.screen(A).write(`hello\r\n${'long text '.repeat(20)}\x1b[1;6H`)
    room.viewer.setPanes([pane(A)])
    const first = await room.nextFrame()
    expect(rowOf(room.picture(A).grid, 0)).toBe('hello')
    room.draw()
    room.screen(A).write(' world')
    const second = await room.nextFrame()
    expect(rowOf(room.picture(A).grid, 0)).toBe('hello world')
    expect(second.bytes).toBeLessThan(first.bytes)
    expect(room.picture(A).cursor).toEqual({ x: 11, y: 0, visible: true })
    room.close()
  })

  test('the next frame waits until the last one is drawn, and then shows the latest only', async () => {
    const room = openRoom()
    room.viewer.setPanes([pane(A, { isFocused: true })])
    await room.nextFrame()
    for (let count = 0; count < 50; count += 1) {
      room.screen(A).write(`\r${count}`)
      await setImmediate()
    }
    expect(room.frames).toBe(1)
    expect(room.transport.bufferedBytes).toBe(0)
    room.draw()
    await room.nextFrame()
    expect(room.frames).toBe(2)
    expect(rowOf(room.picture(A).grid, 0)).toBe('49')
    room.close()
  })

  test('a frame that was drawn late or never sent is no reason for another', async () => {
    const room = openRoom()
    room.viewer.setPanes([pane(A, { isFocused: true })])
    await room.nextFrame()
    room.screen(A).write('x')
    room.viewer.drawn(99)
    await setImmediate()
    expect(room.frames).toBe(1)
    room.draw()
    await room.nextFrame()
    room.close()
  })

  test('only panes that are set are sent, and one that is set again is sent whole', async () => {
    const room = openRoom()
    room.viewer.setPanes([pane(A, { isFocused: true })])
    await room.nextFrame()
    room.draw()
    room.screen(B).write('not looked at')
    room.screen(A).write('a')
    expect((await room.nextFrame()).ids).toEqual([A])
    room.draw()
    room.viewer.setPanes([pane(B)])
    expect((await room.nextFrame()).ids).toEqual([B])
    expect(rowOf(room.picture(B).grid, 0)).toBe('not looked at')
    room.draw()
    room.screen(A).write('b')
    room.viewer.setPanes([pane(A), pane(B)])
    expect((await room.nextFrame()).ids).toEqual([A])
    expect(rowOf(room.picture(A).grid, 0)).toBe('ab')
    room.close()
  })

  test('nothing is sent, looked at or timed while nothing changes', async () => {
    await setImmediate()
    const before = timersSet()
    const room = openRoom()
    room.viewer.setPanes([pane(A, { isFocused: true }), pane(B)])
    await room.nextFrame()
    room.draw()
    await setImmediate()
    const looks = room.looks()
    for (let turn = 0; turn < 20; turn += 1) await setImmediate()
    expect(room.looks()).toBe(looks)
    expect(room.frames).toBe(1)
    expect(timersSet().length).toBeLessThanOrEqual(before.length)
    room.close()
  })

  test('a change that nobody can see makes no frame', async () => {
    const room = openRoom()
    room.screen(A).write(UNSEEN)
    room.viewer.setPanes([pane(A, { isFocused: true })])
    await room.nextFrame()
    room.draw()
    room.screen(A).write(UNSEEN)
    await room.hasLooked()
    room.screen(A).write('seen')
    await room.nextFrame()
    expect(rowOf(room.picture(A).grid, 0)).toBe('seen')
    expect(room.frames).toBe(2)
    room.close()
  })

  test('a screen that changes all the time without a visible change is looked at no more often for it', async () => {
    const room = openRoom()
    room.screen(A).write(UNSEEN)
    room.viewer.setPanes([pane(A)])
    await room.nextFrame()
    room.draw()
    const start = performance.now()
    const looks = room.looks()
    let turns = 0
    while (turns < 30 || performance.now() - start < 70) {
      room.screen(A).write(UNSEEN)
      await setImmediate()
      turns += 1
    }
    expect(room.looks() - looks).toBeLessThanOrEqual((performance.now() - start) / 33 + 1)
    expect(room.frames).toBe(1)
    room.close()
  })

  test('the focused pane goes at once and first, the others at their own pace', async () => {
    const room = openRoom()
    const start = performance.now()
    room.viewer.setPanes([pane(B), pane(A, { isFocused: true })])
    expect((await room.nextFrame()).ids).toEqual([A, B])
    room.draw()
    room.screen(B).write('b')
    room.screen(A).write('a')
    let frame = await room.nextFrame()
    expect(frame.ids[0]).toBe(A)
    while (!frame.ids.includes(B)) {
      room.draw()
      frame = await room.nextFrame()
    }
    expect(performance.now() - start).toBeGreaterThan(32)
    room.close()
  })

  test('twelve panes are looked at less often than one, and all at once', async () => {
    const room = openRoom()
    const ids = [...'ABCDEFGHJKMN'].map((letter) => sessionId(`01ARZ3NDEKTSV4RRFFQ69G5FA${letter}`))
    for (const id of ids) room.show(id, createScreen({ cols: 40, rows: 10, reply: () => undefined }), 'live')
    const start = performance.now()
    room.viewer.setPanes(ids.map((id) => pane(id)))
    await room.nextFrame()
    room.draw()
    for (const id of ids) room.screen(id).write(' second')
    expect((await room.nextFrame()).ids).toEqual(ids)
    expect(performance.now() - start).toBeGreaterThan(119)
    room.close()
  })

  test('a program that holds its frame back is waited for, until it is complete', async () => {
    // A slow clock, so that a busy machine does not look like a program that takes too long.
    const room = openRoom({ now: () => performance.now() / 20 })
    room.viewer.setPanes([pane(A, { isFocused: true })])
    await room.nextFrame()
    room.draw()
    room.screen(A).write('\x1b[?2026hhalf')
    await room.hasLooked()
    room.screen(A).write(' and half\x1b[?2026l')
    await room.nextFrame()
    expect(rowOf(room.picture(A).grid, 0)).toBe('half and half')
    expect(room.frames).toBe(2)
    room.close()
  })

  test('a program that never completes its frame is shown after a while', async () => {
    const room = openRoom()
    room.viewer.setPanes([pane(A, { isFocused: true })])
    await room.nextFrame()
    room.draw()
    const start = performance.now()
    room.screen(A).write('\x1b[?2026hstuck')
    await room.nextFrame()
    expect(rowOf(room.picture(A).grid, 0)).toBe('stuck')
    expect(performance.now() - start).toBeGreaterThan(140)
    room.close()
  })

  test('a new size, surface or screen is sent whole, and the pane is told its size again', async () => {
    const room = openRoom()
    room.viewer.setPanes([pane(A, { isFocused: true })])
    await room.nextFrame()
    room.draw()
    room.screen(A).resize(60, 12)
    await room.nextFrame()
    expect(room.picture(A).grid).toMatchObject({ cols: 60, rows: 12 })
    room.draw()
    const other = createScreen({ cols: 30, rows: 5, reply: () => undefined })
    other.write('own screen')
    room.show(A, other, 'opening')
    await room.nextFrame()
    expect(room.picture(A)).toMatchObject({ surface: 'opening', grid: { cols: 30, rows: 5 } })
    room.draw()
    room.show(A, other, 'live')
    await room.nextFrame()
    expect(room.picture(A).surface).toBe('live')
    expect(room.sizes).toEqual([
      [A, 40, 10],
      [A, 40, 10],
    ])
    room.viewer.setPanes([pane(A, { size: { cols: 50, rows: 20 } })])
    expect(room.sizes.at(-1)).toEqual([A, 50, 20])
    room.close()
  })

  test('a scrolled pane stays on the lines it was scrolled to while more come in', async () => {
    const room = openRoom()
    room.screen(A).write(Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\r\n'))
    room.viewer.setPanes([pane(A, { isFocused: true, scrollTop: 15 })])
    await room.nextFrame()
    const top = rowOf(room.picture(A).grid, 0)
    expect(top).toBe('line 15')
    expect(room.picture(A)).toMatchObject({
      scrollOffset: 5,
      scrollLength: 20,
      liveTop: 20,
      cursor: { visible: false },
    })
    room.draw()
    room.screen(A).write('\r\nmore\r\nand more')
    await room.nextFrame()
    expect(rowOf(room.picture(A).grid, 0)).toBe(top)
    expect(room.picture(A)).toMatchObject({ scrollOffset: 7, scrollLength: 22, liveTop: 22 })
    room.draw()
    room.viewer.setPanes([pane(A, { isFocused: true })])
    await room.nextFrame()
    expect(rowOf(room.picture(A).grid, 9)).toBe('and more')
    room.close()
  })

  test('a session without a screen costs nothing and appears when it has one', async () => {
    const room = openRoom()
    const late = sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAC')
    room.viewer.setPanes([pane(late)])
    await setImmediate()
    const screen = createScreen({ cols: 40, rows: 10, reply: () => undefined })
    room.show(late, screen, 'live')
    expect((await room.nextFrame()).ids).toEqual([late])
    room.close()
  })
})

interface SentFrame {
  readonly ids: readonly SessionId[]
  readonly bytes: number
}

interface Room {
  readonly viewer: PaneViewer
  readonly transport: Transport
  readonly sizes: readonly (readonly [SessionId, number, number])[]
  readonly frames: number
  readonly screen: (id: SessionId) => Screen
  readonly show: (id: SessionId, screen: Screen, surface: Picture['surface']) => void
  readonly picture: PictureStore['get'] extends (id: SessionId) => infer Found
    ? (id: SessionId) => NonNullable<Found>
    : never
  readonly nextFrame: () => Promise<SentFrame>
  readonly hasLooked: () => Promise<void>
  /** How often the viewer asked for a screen. */
  readonly looks: () => number
  readonly draw: () => void
  readonly close: () => void
}

/** Two screens, a viewer on one end of a connection, and a client's pictures on the other. */
function openRoom({ now = () => performance.now() }: { readonly now?: () => number } = {}): Room {
  const screens = new Map<SessionId, Screen>()
  const surfaces = new Map<SessionId, Picture['surface']>()
  const changes = createEmitter<SessionId>()
  const sizes: [SessionId, number, number][] = []
  const pictures = createPictureStore()
  const [here, there] = createMemoryPair()
  const unread: SentFrame[] = []
  let arrived = Promise.withResolvers<void>()
  let looked = Promise.withResolvers<void>()
  let looks = 0
  let last = 0
  let frames = 0
  const show = (id: SessionId, screen: Screen, surface: Picture['surface']): void => {
    const known = screens.get(id)
    screens.set(id, screen)
    surfaces.set(id, surface)
    if (known !== screen) screen.onChange(() => changes.emit(id))
    changes.emit(id)
  }
  for (const id of [A, B]) show(id, createScreen({ cols: 40, rows: 10, reply: () => undefined }), 'live')
  const source: ScreenSource = {
    screenOf(id) {
      looks += 1
      looked.resolve()
      return screens.get(id)
    },
    surfaceOf: (id) => surfaces.get(id) ?? 'live',
    onScreenChange: (listener) => changes.on(listener),
    paneSize: (id, size) => void sizes.push([id, size.cols, size.rows]),
  }
  there.onFrame(({ type, payload }) => {
    expect(type).toBe(FRAME.pictures)
    const { frame, ids } = pictures.apply(payload)
    last = frame
    frames += 1
    unread.push({ ids: [...ids], bytes: payload.length })
    arrived.resolve()
  })
  const viewer = createPaneViewer({ source, transport: here, now })
  return {
    viewer,
    transport: here,
    sizes,
    get frames() {
      return frames
    },
    screen: (id) => screens.get(id)!,
    show,
    picture: (id) => pictures.get(id)!,
    async nextFrame() {
      while (unread.length === 0) {
        arrived = Promise.withResolvers()
        await arrived.promise
      }
      return unread.shift()!
    },
    async hasLooked() {
      await setImmediate()
      looked = Promise.withResolvers()
      await looked.promise
      await setImmediate()
    },
    looks: () => looks,
    draw: () => viewer.drawn(last),
    close() {
      viewer.close()
      here.close()
    },
  }
}

function timersSet(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'Immediate')
}

function pane(id: SessionId, change: Partial<PaneView> = {}): PaneView {
  return { id, size: { cols: 40, rows: 10 }, isFocused: false, ...change }
}

function rowOf(grid: Grid, y: number): string {
  let text = ''
  for (let x = 0; x < grid.cols; x += 1) {
    const codePoint = (grid.cells[(y * grid.cols + x) * 3] ?? 0) & 0x1fffff
    text += codePoint === 0 ? ' ' : String.fromCodePoint(codePoint)
  }
  return text.trimEnd()
}
