import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createMemoryPair } from '../../src/wire/transports/memory.ts'
import { createSocketTransport } from '../../src/wire/transports/socket.ts'
import { type TransportPair, transportSuite } from './transport-suite.ts'

transportSuite('memory', async (options) => {
  const ends = createMemoryPair(options)
  return {
    ends,
    [Symbol.asyncDispose]: async () => {
      for (const end of ends) end.close()
    },
  }
})

transportSuite('unix socket', async (options) => {
  const sockets = await connectedSockets()
  const [one, two] = sockets.ends
  return transportPair(sockets, [createSocketTransport(one, options), createSocketTransport(two, options)])
})

test('a unix socket that carries no frames is closed, with the reason', async () => {
  await using sockets = await connectedSockets()
  const [one, two] = sockets.ends
  const transport = createSocketTransport(one)
  transport.onFrame(() => undefined)
  const closed = new Promise<string>((resolve) => {
    transport.onClose(resolve)
  })
  two.write('GET / HTTP/1.1\r\n')
  expect(await closed).toMatch(/not the length of a frame/)
})

test('a frame that trickles in byte by byte arrives', async () => {
  await using sockets = await connectedSockets()
  const [one, two] = sockets.ends
  const transport = createSocketTransport(one)
  const heard = new Promise<string>((resolve) => {
    transport.onFrame(({ type, payload }) => resolve(`${type} ${payload}`))
  })
  for (const byte of [6, 0, 0, 0, 2, ...Buffer.from('hello')]) {
    await new Promise<void>((resolve) => {
      two.write(Buffer.from([byte]), () => resolve())
    })
  }
  expect(await heard).toBe('2 hello')
})

interface ConnectedSockets extends AsyncDisposable {
  readonly ends: readonly [net.Socket, net.Socket]
}

async function connectedSockets(): Promise<ConnectedSockets> {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-'))
  const server = net.createServer({ pauseOnConnect: true })
  await new Promise<void>((resolve) => {
    server.listen(join(directory, 's'), resolve)
  })
  const accepted = new Promise<net.Socket>((resolve) => {
    server.once('connection', resolve)
  })
  const one = net.connect(join(directory, 's'))
  const two = await accepted
  two.resume().pause()
  return {
    ends: [one, two],
    async [Symbol.asyncDispose]() {
      one.destroy()
      two.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      await rm(directory, { recursive: true })
    },
  }
}

function transportPair(owner: AsyncDisposable, ends: TransportPair['ends']): TransportPair {
  return { ends, [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose]() }
}
