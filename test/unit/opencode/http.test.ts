import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { readEvents } from '../../../src/backends/opencode/events.ts'
import { createClient, isNotFound, isUnanswered } from '../../../src/backends/opencode/http.ts'

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    client: createClient({ url, password: 'secret' }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('calls of the server', () => {
  it('carry password, directory and body, and give the answer', async () => {
    await using place = await serve((request, response) => {
      const { url, headers } = request
      response.end(JSON.stringify({ url, authorization: headers.authorization }))
    })
    expect(await place.client.call('POST', '/session?limit=2', { directory: '/a b', body: {} })).toEqual({
      url: '/session?limit=2&directory=%2Fa+b',
      authorization: `Basic ${Buffer.from('opencode:secret').toString('base64')}`,
    })
  })

  it('give nothing for an empty answer', async () => {
    await using place = await serve((_, response) => response.writeHead(204).end())
    expect(await place.client.call('POST', '/x', { body: {} })).toBeUndefined()
  })

  it("fail with the server's words and status", async () => {
    await using place = await serve((_, response) => {
      response.writeHead(404).end(JSON.stringify({ data: { message: 'Session not found' } }))
    })
    const error = await failureOf(place.client.call('GET', '/session/x'))
    expect(error).toMatchObject({ code: 'backend.failed', message: expect.stringContaining('404 Session not found') })
    expect([isNotFound(error), isUnanswered(error)]).toEqual([true, false])
  })

  it('fail when an answer does not end, instead of keeping all of it', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x')
    await using place = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(megabyte));
      }
      response.on('drain', more)
      more()
    })
    const error = await failureOf(place.client.call('GET', '/x', { timeoutMs: 60_000 }))
    expect(error).toMatchObject({ code: 'backend.failed', message: expect.stringContaining('does not end') })
  }, 90_000)

  it('fail when there is no answer in time, or no server', async () => {
    const place = await serve(() => undefined)
    const error = await failureOf(place.client.call('GET', '/x', { timeoutMs: 30 }))
    expect(error).toMatchObject({ code: 'backend.failed', message: expect.stringContaining('no answer in time') })
    expect(isUnanswered(error)).toBe(true)
    await place[Symbol.asyncDispose]()
    expect(isUnanswered(await failureOf(place.client.call('GET', '/x')))).toBe(true)
  })

  it('fail when a page comes instead of JSON', async () => {
    await using place = await serve((_, response) => response.end('<html>'))
    await expect(place.client.call('GET', '/x')).rejects.toMatchObject({ code: 'backend.failed' })
  })
})

describe('the event stream', () => {
  const idle = `data: ${JSON.stringify({ payload: { type: 'session.idle', properties: { sessionID: 's' } } })}\n\n`
  const listen = () => {
    const heard: string[] = []
    const listener = {
      onConnected: () => heard.push('connected'),
      onEvent: ({ type }: { type: string }) => heard.push(type),
    }
    return { heard, listener }
  }
  const signal = new AbortController().signal

  it('tells events and its end', async () => {
    await using place = await serve((_, response) => response.end(`${idle}data: {}\n\n${idle}`))
    const { heard, listener } = listen()
    expect(await readEvents(place.client, listener, { signal })).toBe('the event stream ended')
    expect(heard).toEqual(['connected', 'status', 'status'])
  })

  it('is given up when it falls silent', async () => {
    await using place = await serve((_, response) => response.write(idle))
    const { heard, listener } = listen()
    expect(await readEvents(place.client, listener, { signal, gapMs: 40 })).toBe('no sign of life for 0.04 s')
    expect(heard).toEqual(['connected', 'status'])
  })

  it('says why it does not begin', async () => {
    await using place = await serve((_, response) => response.writeHead(401).end())
    const { heard, listener } = listen()
    expect(await readEvents(place.client, listener, { signal })).toContain('401')
    expect(heard).toEqual([])
  })
})
