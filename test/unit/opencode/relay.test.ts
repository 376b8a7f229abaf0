import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from '../../../src/backends/opencode/http.ts'
import { type Relay, startRelay } from '../../../src/backends/opencode/relay.ts'
import { joinEvents, type MissedEvent } from '../../../src/backends/opencode/relayed-events.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A server that answers as told, behind a relay. */
async function relayTo(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Relay> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const relay = await startRelay(() => ({ url, client: createClient({ url, password: 'secret' }) }))
  closers.push(() => {
    relay.close()
    server.close()
    server.closeAllConnections()
  })
  return relay
}

/** The events of a stream, until there are so many. */
async function events(url: string, count: number): Promise<readonly unknown[]> {
  const response = await fetch(url)
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.split('\n\n').length > count) break
  }
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => JSON.parse(block.replace(/^data: /, '')))
}

describe('the relay', () => {
  it('passes calls on as they are, and answers too', async () => {
    const relay = await relayTo((request, response) => {
      request.setEncoding('utf8').on('data', (body) => {
        response.writeHead(418, { 'x-kind': 'teapot' })
        response.end(`${request.method} ${request.url} ${request.headers.authorization} ${body}`)
      })
    })
    const response = await fetch(`${relay.url}/session/1?directory=%2Fw`, {
      method: 'POST',
      headers: { authorization: 'Basic abc' },
      body: 'words',
    })
    expect([response.status, response.headers.get('x-kind')]).toEqual([418, 'teapot'])
    expect(await response.text()).toBe('POST /session/1?directory=%2Fw Basic abc words')
  })

  it('tells a new reader what was asked in its directory before it came', async () => {
    const asked: Readonly<Record<string, unknown>> = {
      '/permission?directory=%2Fw': [{ id: 'per_1', sessionID: 'ses_1' }],
      '/question?directory=%2Fw': [{ id: 'que_1', sessionID: 'ses_2' }],
    }
    const relay = await relayTo((request, response) => {
      const list = asked[request.url ?? '']
      if (list === undefined) response.write('data: {"payload":{"type":"server.connected"}}\n\n')
      else response.end(JSON.stringify(list))
    })
    const event = (type: string, properties: unknown) => ({ id: expect.any(String), type, properties })
    expect(await events(`${relay.url}/global/event?directory=%2Fw`, 3)).toEqual([
      { payload: { type: 'server.connected' } },
      { directory: '/w', payload: event('permission.asked', { id: 'per_1', sessionID: 'ses_1' }) },
      { directory: '/w', payload: event('question.asked', { id: 'que_1', sessionID: 'ses_2' }) },
    ])
    expect((await events(`${relay.url}/event?directory=%2Fw`, 3))[1]).toEqual(
      event('permission.asked', { id: 'per_1', sessionID: 'ses_1' }),
    )
  })

  it('passes events on when nobody knows what was asked', async () => {
    const relay = await relayTo((request, response) => {
      if (request.url?.startsWith('/global') !== true) response.writeHead(500).end()
      else response.write('data: 1\n\ndata: 2\n\n')
    })
    expect(await events(`${relay.url}/global/event`, 2)).toEqual([1, 2])
  })

  it('cuts the connection when there is no server', async () => {
    const relay = await startRelay(() => undefined)
    closers.push(relay.close)
    await expect(fetch(`${relay.url}/global/health`)).rejects.toThrow()
  })
})

describe('events that were missed', () => {
  const asked = (about: string): MissedEvent => ({ about, data: `asked ${about}` })
  const joined = async (script: (source: PassThrough, found: (missed: readonly MissedEvent[]) => void) => void) => {
    const [source, sink] = [new PassThrough(), new PassThrough()]
    const { promise, resolve } = Promise.withResolvers<readonly MissedEvent[]>()
    joinEvents(source, sink, () => promise)
    script(source, resolve)
    return (await sink.setEncoding('utf8').toArray()).join('')
  }

  it('are added between two events, never inside one', async () => {
    const text = await joined((source, found) => {
      source.write('data: first\n\ndata: sec')
      found([asked('per_a')])
      setImmediate(() => source.end('ond\n\n'))
    })
    expect(text).toBe('data: first\n\ndata: second\n\ndata: asked per_a\n\n')
  })

  it('are not added when the stream has told of them meanwhile', async () => {
    const text = await joined((source, found) => {
      source.write('data: first\n\n')
      setImmediate(() => {
        source.write('data: replied per_a\n\n')
        setImmediate(() => {
          found([asked('per_a'), asked('per_b')])
          setImmediate(() => source.end())
        })
      })
    })
    expect(text).toBe('data: first\n\ndata: replied per_a\n\ndata: asked per_b\n\n')
  })
})
