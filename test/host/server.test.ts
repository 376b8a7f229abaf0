import { once } from 'node:events'
import net from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Client, createClient } from '../../src/client/client.ts'
import { connectHost } from '../../src/client/connect.ts'
import type { Envelope } from '../../src/core/facts.ts'
import { type SessionId, sessionId } from '../../src/core/ids.ts'
import type { PaneView } from '../../src/core/viewer.ts'
import { FRAME } from '../../src/wire/protocol.ts'
import { createSocketTransport } from '../../src/wire/transports/socket.ts'
import { type RunningHost, startTestHost, TEST_VERSION } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'

let running: RunningHost
let opened: { readonly close: () => void }[] = []

beforeEach(async () => {
  running = await startTestHost()
})

afterEach(async () => {
  for (const each of opened) each.close()
  opened = []
  await running[Symbol.asyncDispose]()
  expect(running.unexpected).toEqual([])
})

describe('who may speak', () => {
  test('another version or protocol is told both versions and disconnected', async () => {
    const client = await strangeClient()
    const closed = whenClosed(client)
    await expect(client.hello('9.9.9')).rejects.toMatchObject({
      code: 'host.other-version',
      data: { theirs: TEST_VERSION, ours: '9.9.9' },
    })
    await closed
    await expect(connectHost({ paths: running.paths, version: '9.9.9' })).rejects.toMatchObject({
      code: 'host.other-version',
    })
  })

  test('nothing is done for a client that did not say hello', async () => {
    const client = await strangeClient()
    await expect(client.listSessions()).rejects.toMatchObject({ code: 'host.other-version' })
    await expect(client.spawnSession({ backend: 'shell', args: ['cat'] })).rejects.toMatchObject({
      code: 'host.other-version',
    })
    client.setPanes([paneOf(sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAA'))])
    expect(await client.healthCheck()).toMatchObject({ version: TEST_VERSION })
    client.type(sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAA'), Buffer.from('x'))
    await whenClosed(client)
  })

  test('health and stop are for any version', async () => {
    const client = await strangeClient()
    expect(await client.healthCheck()).toMatchObject({ version: TEST_VERSION, pid: process.pid })
    await client.stopHost()
    await eventually('the host was told to stop', () => running.stops() === 1)
  })
})

describe('bytes that are no protocol', () => {
  test('end their own connection and no other', async () => {
    const client = await connected()
    const bad: readonly Buffer[] = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0, 0, 0, 0, 0]),
      Buffer.from([0xff, 0xff, 0xff, 0xff, 0]),
      Buffer.from([2, 0, 0, 0, 0, 0x7b]),
      Buffer.from([1, 0, 0, 0, 9]),
      Buffer.from([1, 0, 0, 0, FRAME.input]),
      Buffer.from([1, 0, 0, 0, FRAME.pictures]),
    ]
    for (const bytes of bad) {
      const socket = net.connect(running.paths.socket)
      socket.write(bytes)
      socket.resume()
      await once(socket, 'close')
    }
    expect(await client.listSessions()).toEqual([])
    await eventually('only the client is left', () => running.server.connectionCount === 1)
  })

  test('parameters that are none are refused and end nothing', async () => {
    const client = await connected()
    const id = await spawnShell(client, 'cat')
    await expect(client.focus(id, { cols: 1e9, rows: 3 })).rejects.toMatchObject({ code: 'size.invalid' })
    await expect(client.focus(id, null as never)).rejects.toMatchObject({ code: 'size.invalid' })
    const other = await connected()
    const closed = whenClosed(other)
    other.setPanes([{ id, size: { cols: -1, rows: 1 }, isFocused: true }])
    await closed
    expect(await client.getSession(id)).toMatchObject({ id })
  })
})

describe('facts', () => {
  test('a client that comes back gets what it missed, once and in order', async () => {
    const watcher = await connected()
    const seen: number[] = []
    watcher.factSource.onFact(({ seq }) => seen.push(seq))
    const { fleet } = await watcher.factSource.open()
    const since = fleet?.seq ?? 0
    const id = await spawnShell(watcher, 'cat')
    watcher.close()
    const other = await connected()
    await other.terminateSession(id, { isForced: true })
    const back = await connected()
    const live: number[] = []
    back.factSource.onFact(({ seq }) => live.push(seq))
    const { replay } = await back.factSource.open(since)
    const replayed = replay?.map(({ seq }) => seq) ?? []
    await other.terminateSession(id)
    await eventually('the next fact', () => live.length > 0)
    const all = [...replayed, ...live]
    expect(all).toEqual(all.map((_, index) => since + 1 + index))
    expect(replayed.slice(0, seen.length)).toEqual(seen)
  })

  test('one that is ahead of the host, or behind the journal, gets a snapshot', async () => {
    const client = await connected()
    expect(await client.factSource.open(1_000_000)).toMatchObject({ fleet: { sessions: {} } })
    for (let count = 0; count < 1001; count += 1) appendNoise()
    expect(await client.factSource.open(0)).toMatchObject({ fleet: { seq: running.facts.fleet.seq } })
    expect((await client.factSource.open(running.facts.fleet.seq - 1)).replay?.length).toBe(1)
    expect((await client.factSource.open(running.facts.fleet.seq)).replay).toEqual([])
  })

  test('facts that happen while the answer is on its way come after it', async () => {
    const client = await connected()
    const heard: Envelope[] = []
    client.factSource.onFact((envelope) => heard.push(envelope))
    const opening = client.factSource.open()
    for (let count = 0; count < 5; count += 1) {
      appendNoise()
      await setImmediate()
    }
    const { fleet } = await opening
    const start = fleet?.seq ?? 0
    await eventually('the facts', () => (heard.at(-1)?.seq ?? start) === running.facts.fleet.seq)
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, index) => start + 1 + index))
  })

  test('no fact comes after unsubscribing', async () => {
    const client = await connected()
    let heard = 0
    client.factSource.onFact(() => {
      heard += 1
    })
    await client.factSource.open()
    client.factSource.close()
    await client.healthCheck()
    const before = heard
    appendNoise()
    await client.getSession(sessionId('none')).catch(() => undefined)
    expect(heard).toBe(before)
  })

  test('a client that does not read is disconnected, and costs the others nothing', async () => {
    const stuck = net.connect(running.paths.socket)
    await once(stuck, 'connect')
    const client = createClient(createSocketTransport(stuck))
    await client.hello(TEST_VERSION)
    await client.factSource.open()
    stuck.pause()
    const other = await connected()
    expect(running.server.connectionCount).toBe(2)
    for (let count = 0; count < 400 && running.server.connectionCount === 2; count += 1) {
      appendNoise('x'.repeat(64 * 1024))
      await setImmediate()
    }
    expect(running.server.connectionCount).toBe(1)
    expect(await other.listSessions()).toEqual([])
    stuck.destroy()
  })
})

describe('pictures', () => {
  test('what is typed into a focused session shows up in its picture', async () => {
    const client = await connected()
    const id = await spawnShell(client, 'cat')
    client.setPanes([paneOf(id, true)])
    await client.focus(id, { cols: 70, rows: 15 })
    client.type(id, Buffer.from('echo of keys\r'))
    await pictureShows(client, id, 'echo of keys')
    expect(client.picture(id)).toMatchObject({ surface: 'live', grid: { cols: 70, rows: 15 } })
    client.blur(id)
  })

  test('a viewer that never draws grows nothing and slows nobody', async () => {
    const stuck = await connected()
    const other = await connected()
    const id = await spawnShell(other, 'while echo $((n=n+1)) flood; do :; done')
    let frames = 0
    stuck.onPictures(() => {
      frames += 1
    })
    stuck.setPanes([paneOf(id, true)])
    let drawn = 0
    const unlisten = other.onPictures(() => {
      drawn += 1
      other.drawn()
    })
    other.setPanes([paneOf(id, true)])
    await eventually('the other one sees many pictures', () => drawn >= 50)
    unlisten()
    expect(frames).toBe(1)
    await other.terminateSession(id, { isForced: true })
  })
})

describe('the end', () => {
  test('a host that closes says so to every client, and rejects what waits', async () => {
    const client = await connected()
    const ended = new Promise((resolve) => {
      client.onClose(resolve)
    })
    await running.server.close('going home')
    expect(await ended).toMatchObject({ isHostStopping: true })
    await expect(client.listSessions()).rejects.toMatchObject({ code: 'host.unreachable' })
    await expect(running.connect()).rejects.toMatchObject({ code: 'host.not-running' })
  })

  test('a client that goes away leaves nothing behind', async () => {
    const client = await connected()
    const id = await spawnShell(client, 'cat')
    await client.factSource.open()
    client.setPanes([paneOf(id, true)])
    await client.focus(id, { cols: 70, rows: 15 })
    client.close()
    await eventually('the connection is gone', () => running.server.connectionCount === 0)
    appendNoise()
    expect((await running.host.getSession(id)).state).toBe('running')
  })
})

async function connected(): Promise<Client> {
  const client = await running.connect()
  opened.push(client)
  return client
}

/** A client that has said nothing yet. */
async function strangeClient(): Promise<Client> {
  const client = await connectHost({ paths: running.paths, version: 'any', isAnyVersion: true })
  opened.push(client)
  return client
}

function whenClosed(client: Client): Promise<string> {
  return new Promise((resolve) => {
    client.onClose(({ why }) => resolve(why))
  })
}

function spawnShell(client: Client, script: string): Promise<SessionId> {
  return client.spawnSession({
    backend: 'shell',
    workDir: running.workDir,
    size: { cols: 60, rows: 12 },
    args: ['sh', '-c', script],
  })
}

function paneOf(id: SessionId, isFocused = false): PaneView {
  return { id, size: { cols: 60, rows: 12 }, isFocused }
}

/** A fact about nobody. */
function appendNoise(text = ''): void {
  running.facts.append({ type: 'session.replied', id: sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAZ'), text })
}

function pictureShows(client: Client, id: SessionId, text: string): Promise<void> {
  return new Promise((resolve) => {
    client.onPictures((ids) => {
      client.drawn()
      const grid = client.picture(id)?.grid
      if (!ids.has(id) || grid === undefined) return
      const codePoints = grid.cells.filter((_, index) => index % 3 === 0).map((word) => word & 0x1fffff)
      if (String.fromCodePoint(...codePoints).includes(text)) resolve()
    })
  })
}
