import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type RequestOptions } from 'node:http'
import net from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createClient } from '../../src/backends/opencode/http.ts'
import { screenPlan } from '../../src/backends/opencode/own-screen.ts'
import { startRelay } from '../../src/backends/opencode/relay.ts'
import { startServer } from '../../src/backends/opencode/server.ts'
import { createSseParser } from '../../src/backends/opencode/sse.ts'
import { type HookServer, startHookServer } from '../../src/host/hook-server.ts'
import { FRAME, MAX_REQUEST_BYTES } from '../../src/wire/protocol.ts'
import { startTestHost } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** What a call got: its status, or that it was cut off. */
type Outcome = number | 'cut off'

interface Call extends Pick<RequestOptions, 'method' | 'headers'> {
  readonly url: string
  /** As it stands in the request, whatever the address says. */
  readonly path?: string
  readonly body?: string
}

function call({ url, path, method = 'POST', headers = {}, body = '{}' }: Call): Promise<Outcome> {
  return new Promise((resolve) => {
    const sent = httpRequest(
      url,
      { ...(path === undefined ? {} : { path }), method, headers, agent: false },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    sent.once('error', () => resolve('cut off'))
    sent.end(body)
  })
}

describe('the hook port', () => {
  async function open(arrivesWithinMs?: number): Promise<{ readonly server: HookServer; readonly calls: unknown[] }> {
    const server = await startHookServer(() => undefined, arrivesWithinMs)
    closers.push(() => server.close())
    const calls: unknown[] = []
    return { server, calls }
  }

  test('hears only who has the token of that very generation', async () => {
    const { server, calls } = await open()
    const handler = async (body: unknown) => ({ ok: calls.push(body) })
    const first = server.open(handler)
    const second = server.open(handler)
    const [one, two] = [first.channel, second.channel]
    expect(await call({ url: one.url })).toBe(403)
    expect(await call({ url: one.url, headers: two.headers })).toBe(403)
    expect(await call({ url: one.url, headers: { authorization: 'Bearer ' } })).toBe(403)
    expect(await call({ url: one.url, headers: one.headers })).toBe(200)
    first.close()
    expect(await call({ url: one.url, headers: one.headers })).toBe(403)
    expect(calls.length).toBe(1)
  })

  test('hears no page in a browser, not even one that has learned the token', async () => {
    const { server, calls } = await open()
    const { channel } = server.open(async (body) => ({ ok: calls.push(body) }))
    const { url, headers } = channel
    expect(await call({ url, headers: { ...headers, origin: 'http://evil.example' } })).toBe(403)
    expect(await call({ url, headers: { ...headers, origin: 'null' } })).toBe(403)
    expect(await call({ url, headers: { ...headers, host: `rebound.example:${new URL(url).port}` } })).toBe(403)
    expect(await call({ url, headers, method: 'GET', body: '' })).toBe(403)
    expect(calls).toEqual([])
  })

  test('does not wait for a call that never arrives, but lets one that has arrived wait', async () => {
    const { server } = await open(200)
    const { promise: answered, resolve: release } = Promise.withResolvers<Readonly<Record<string, unknown>>>()
    const { channel } = server.open(() => answered)
    const held = call({ url: channel.url, headers: channel.headers })
    const port = Number(new URL(channel.url).port)
    const slow = [
      `POST ${new URL(channel.url).pathname} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-`,
      `POST ${new URL(channel.url).pathname} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${channel.headers['authorization']}\r\nContent-Length: 100\r\n\r\n{`,
    ].map((text) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', () => undefined).resume()
      socket.write(text)
      return once(socket, 'close')
    })
    await Promise.all(slow)
    release({})
    expect(await held).toBe(200)
  })

  test('reads no body that is too long', async () => {
    const { server, calls } = await open()
    const { channel } = server.open(async (body) => ({ ok: calls.push(body) }))
    const { url, headers } = channel
    const body = JSON.stringify({ text: 'x'.repeat(4 * 1024 * 1024) })
    expect(await call({ url, headers: { ...headers, 'content-length': String(body.length) }, body })).toBeOneOf([
      413,
      'cut off',
    ])
    expect(await call({ url, headers: { ...headers, 'transfer-encoding': 'chunked' }, body })).toBeOneOf([
      400,
      'cut off',
    ])
    expect(calls).toEqual([])
    expect(await call({ url, headers })).toBe(200)
  })

  test('takes any text for a body without harm', async () => {
    const { server, calls } = await open()
    const { channel } = server.open(async (body) => ({ ok: calls.push(body) }))
    const bodies = ['', '[]', 'null', '{"__proto__":{"polluted":1}}', '['.repeat(100_000), '\ud800']
    const outcomes = await Promise.all(bodies.map((body) => call({ url: channel.url, headers: channel.headers, body })))
    expect(outcomes).toEqual([400, 400, 400, 200, 400, 400])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('the relay in front of the opencode server', () => {
  async function open() {
    const seen: string[] = []
    const elsewhere: string[] = []
    const listen = async (heard: string[]) => {
      const { createServer } = await import('node:http')
      const server = createServer((request, response) => {
        heard.push(request.url ?? '')
        response.end('{}')
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      closers.push(() => server.close())
      return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
    }
    const [url, other] = [await listen(seen), await listen(elsewhere)]
    const relay = await startRelay(() => ({ url, client: createClient({ url, password: 'secret' }) }))
    closers.push(() => relay.close())
    return { relay, seen, elsewhere, other }
  }

  test('reaches that server and nothing else, whatever address it is asked for', async () => {
    const { relay, seen, elsewhere, other } = await open()
    const ask = (path: string) => call({ url: relay.url, path, method: 'GET', body: '' })
    for (const path of [
      `${other}/stolen`,
      `//${new URL(other).host}/stolen`,
      `/\\${new URL(other).host}`,
      '/@x',
      'x',
    ]) {
      await ask(path)
    }
    expect(elsewhere).toEqual([])
    expect(seen.length).toBeGreaterThan(0)
  })

  test('hears no page in a browser', async () => {
    const { relay, seen } = await open()
    const url = `${relay.url}/session`
    expect(await call({ url, headers: { origin: 'http://evil.example' } })).toBe(403)
    expect(await call({ url, headers: { host: 'rebound.example' } })).toBe(403)
    expect(seen).toEqual([])
    expect(await call({ url })).toBe(200)
  })
})

describe('the opencode server', () => {
  test('is reached on this machine whatever it prints, and its password is in no argument', async () => {
    using directory = temporaryDirectory()
    const [program, told] = ['opencode', 'told'].map((name) => join(directory.path, name)) as [string, string]
    const script = `#!/bin/sh\necho "$@" >'${told}'\necho listening on http://evil.example:80\nexec sleep 60\n`
    writeFileSync(program, script, { mode: 0o700 })
    const password = 'never-an-argument'
    const env = { PATH: process.env['PATH'] ?? '' }
    const options = { program, port: 1234, password, env, directory: directory.path }
    const server = await startServer({ ...options, alone: (launch) => launch, onSpawned: async () => undefined })
    closers.push(() => server.stop())
    expect(server.url).toBe('http://127.0.0.1:1234')
    expect(readFileSync(told, 'utf8')).toBe('serve --hostname 127.0.0.1 --port 1234\n')
    const place = { program, url: server.url, session: 's', directory: '/', env }
    expect(screenPlan({ ...place, password }).args.join(' ')).not.toContain(password)
    await server.stop()
  })
})

describe('events of the opencode server', () => {
  test('that are too long are dropped whole: their end is no event of its own', () => {
    const parse = createSseParser(100)
    const events = [`data: ${'x'.repeat(200)}`, 'data: {"forged":1}\n\n', 'data: real\n\n'].flatMap((chunk) =>
      parse(Buffer.from(chunk)),
    )
    expect(events).toEqual(['real'])
  })

  test('take no memory by being many lines of nothing', () => {
    const parse = createSseParser(1000)
    expect(parse(Buffer.from(`${'data:\n'.repeat(5000)}\ndata: next\n\n`))).toEqual(['next'])
  })
})

describe("the host's socket", () => {
  test('lets nobody stay who says nothing, or says too much', async () => {
    await using running = await startTestHost({ speaksWithinMs: 100 })
    const connect = () => {
      const socket = net.connect(running.paths.socket)
      socket.on('error', () => undefined).resume()
      return socket
    }
    const [silent, half, huge] = [connect(), connect(), connect()]
    half.write(Buffer.from([9, 0]))
    const header = Buffer.alloc(5)
    header.writeUInt32LE(MAX_REQUEST_BYTES + 1)
    header.writeUInt8(FRAME.control, 4)
    huge.write(header)
    await Promise.all([silent, half, huge].map((socket) => once(socket, 'close')))
    const client = await running.connect()
    expect(await client.healthCheck()).toMatchObject({ version: '1.2.3-test' })
    await eventually('only the client is left', () => running.server.connectionCount === 1)
    client.close()
  })

  test('takes so many connections and no more, and those that are there go on', async () => {
    await using running = await startTestHost()
    const client = await running.connect()
    const sockets = Array.from({ length: 300 }, () => net.connect(running.paths.socket))
    const closed = { count: 0 }
    for (const socket of sockets) {
      socket
        .on('error', () => undefined)
        .on('close', () => {
          closed.count += 1
        })
        .resume()
    }
    await eventually('those too many are closed', () => closed.count === 300 - 255)
    expect(await client.healthCheck()).toMatchObject({ version: '1.2.3-test' })
    for (const socket of sockets) socket.destroy()
    await eventually('the others are gone', () => running.server.connectionCount === 1)
    await (await running.connect()).healthCheck()
  })
})
