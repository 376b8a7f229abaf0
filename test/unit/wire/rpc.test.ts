import { describe, expect, test } from 'vitest'
import { ControlError, fail } from '../../../src/core/errors.ts'
import { encodeControl } from '../../../src/wire/control.ts'
import { FRAME } from '../../../src/wire/protocol.ts'
import { createPeer, type Handlers, type Peer, type Side } from '../../../src/wire/rpc.ts'
import type { Transport } from '../../../src/wire/transport.ts'
import { createMemoryPair } from '../../../src/wire/transports/memory.ts'

interface Requests {
  add: { params: { readonly a: number; readonly b: number }; result: number }
  refuse: { params: { readonly name: string }; result: string }
  break: { params: Record<string, never>; result: string }
  never: { params: Record<string, never>; result: string }
  cycle: { params: Record<string, never>; result: object }
  flood: { params: Record<string, never>; result: string }
}

interface Asking extends Side {
  readonly answers: Record<never, never>
  readonly calls: Requests & { unheard: { params: Record<string, never>; result: string } }
  readonly hears: { readonly ping: number }
  readonly tells: { readonly note: string }
}

interface Answering extends Side {
  readonly answers: Requests
  readonly calls: Record<never, never>
  readonly hears: { readonly note: string }
  readonly tells: { readonly ping: number }
}

const HANDLERS: Handlers<Requests> = {
  add: ({ a, b }, { onReplied }) => {
    onReplied(() => events.push(`replied ${a + b}`))
    return a + b
  },
  refuse: ({ name }) => fail('session.not-found', { name }),
  break: async () => {
    throw new TypeError('a bug')
  },
  never: () => new Promise(() => undefined),
  flood: () => 'x'.repeat(17_000_000),
  cycle: () => {
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    return loop
  },
}

let events: string[] = []

interface Pair {
  readonly caller: Peer<Asking>
  readonly answerer: Peer<Answering>
  readonly here: Transport
  readonly there: Transport
}

function connect(admit: (name: string) => void = () => undefined): Pair {
  events = []
  const [here, there] = createMemoryPair()
  const caller = createPeer<Asking>(here, {
    handlers: {},
    listeners: { ping: (count) => events.push(`ping ${count}`) },
    onUnexpected: (error, name) => events.push(`caller ${name}: ${String(error)}`),
  })
  const answerer = createPeer<Answering>(there, {
    handlers: HANDLERS,
    listeners: {
      note: (text) => {
        events.push(`note ${text}`)
        if (text === 'break') throw new Error('a bad listener')
      },
    },
    admit,
    onUnexpected: (error, name) => events.push(`answerer ${name}: ${String(error)}`),
  })
  return { caller, answerer, here, there }
}

describe('rpc', () => {
  test('a request is answered, then what follows the answer happens', async () => {
    const { caller } = connect()
    expect(await Promise.all([caller.call('add', { a: 1, b: 2 }), caller.call('add', { a: 3, b: 4 })])).toEqual([3, 7])
    expect(events).toEqual(['replied 3', 'replied 7'])
  })

  test('an expected failure keeps its code, data and words', async () => {
    const { caller } = connect()
    const error = await caller.call('refuse', { name: 'toast' }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ControlError)
    expect(error).toMatchObject({ code: 'session.not-found', data: { name: 'toast' } })
    expect(String(error)).toContain('No session is called "toast"')
    expect(events).toEqual([])
  })

  test('a bug is told to the one side and an internal failure to the other', async () => {
    const { caller } = connect()
    await expect(caller.call('break', {})).rejects.toMatchObject({ code: 'internal', data: { detail: 'a bug' } })
    await expect(caller.call('cycle', {})).rejects.toMatchObject({ code: 'internal' })
    expect(events[0]).toBe('answerer break: TypeError: a bug')
    expect(events[1]).toMatch(/^answerer cycle: TypeError/)
    expect(await caller.call('add', { a: 1, b: 1 })).toBe(2)
  })

  test('an unknown request is refused by name, also one that every object has', async () => {
    const { caller } = connect()
    await expect(caller.call('unheard', {})).rejects.toMatchObject({
      code: 'request.unknown',
      data: { method: 'unheard' },
    })
    await expect(caller.call('constructor' as 'unheard', {})).rejects.toMatchObject({ code: 'request.unknown' })
  })

  test('a request that is not admitted does not reach its handler', async () => {
    const { caller } = connect((name) => {
      if (name === 'add') fail('host.stopping')
    })
    await expect(caller.call('add', { a: 1, b: 2 })).rejects.toMatchObject({ code: 'host.stopping' })
    await expect(caller.call('refuse', { name: 'x' })).rejects.toMatchObject({ code: 'session.not-found' })
  })

  test('a lost connection rejects what waits, and what comes later', async () => {
    const { caller, there } = connect()
    const waiting = caller.call('never', {})
    there.close()
    await expect(waiting).rejects.toMatchObject({ code: 'host.unreachable' })
    await expect(caller.call('add', { a: 1, b: 2 })).rejects.toMatchObject({ code: 'host.unreachable' })
  })

  test('a call that was given a time ends by then, and its late answer is ignored', async () => {
    const { caller } = connect()
    await expect(caller.call('never', {}, { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'host.unreachable',
      data: { detail: 'no answer within 1 ms' },
    })
    expect(await caller.call('add', { a: 2, b: 2 }, { timeoutMs: 5000 })).toBe(4)
  })

  test('a request that is too long is refused, and the connection goes on', async () => {
    const { caller } = connect()
    const name = 'x'.repeat(17_000_000)
    await expect(caller.call('refuse', { name })).rejects.toMatchObject({ code: 'usage.invalid' })
    expect(await caller.call('add', { a: 1, b: 2 })).toBe(3)
  })

  test('an answer that is too long for a frame arrives in parts, also beside another one', async () => {
    const { caller } = connect()
    const answers = [caller.call('flood', {}), caller.call('flood', {}), caller.call('add', { a: 1, b: 2 })]
    const [one, two, sum] = await Promise.all(answers)
    expect([one, two].map((each) => String(each).length)).toEqual([17_000_000, 17_000_000])
    expect(sum).toBe(3)
  })

  test('parts that are none close the connection', async () => {
    const { caller, there } = connect()
    const waiting = caller.call('never', {})
    there.send(FRAME.part, Buffer.from([1]))
    await expect(waiting).rejects.toMatchObject({ code: 'host.unreachable' })
  })

  test('notifications go both ways, in order; a bad listener is told of and ends nothing', async () => {
    const { caller, answerer } = connect()
    for (const text of ['one', 'break', 'two']) caller.notify('note', text)
    answerer.notify('ping', 7)
    await caller.call('refuse', { name: 'x' }).catch(() => undefined)
    expect(events.filter((event) => event.includes('note'))).toEqual([
      'note one',
      'note break',
      'answerer note: Error: a bad listener',
      'note two',
    ])
    expect(events).toContain('ping 7')
  })

  test('an error code of a newer version arrives as internal with its words', async () => {
    const { caller, there } = connect()
    const waiting = caller.call('never', {})
    there.send(FRAME.control, encodeControl({ id: 1, error: { code: 'new.code', message: 'New words.', data: {} } }))
    await expect(waiting).rejects.toMatchObject({ code: 'internal', data: { detail: 'new.code: New words.' } })
  })

  test('a missing handler does not compile', () => {
    const { add: _, ...rest } = HANDLERS
    // @ts-expect-error `add` is missing
    const handlers: Handlers<Requests> = rest
    expect(Object.keys(handlers)).not.toContain('add')
  })

  test('bytes that are no control message close the connection', async () => {
    for (const text of ['', 'not json', '[]', '{"id":"1"}', '{"id":1,"error":5}', 'null']) {
      const { here, there } = connect()
      const closed = new Promise<string>((resolve) => {
        there.onClose(resolve)
      })
      here.send(FRAME.control, Buffer.from(text))
      expect(await closed).toMatch(/control message/)
    }
  })
})
