import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ControlError, toControlError } from '../../src/core/errors.ts'
import { PROTOCOL_VERSION, type RequestName } from '../../src/wire/protocol.ts'
import { type ClientSide, createPeer, type Peer } from '../../src/wire/rpc.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { type RunningHost, startTestHost, TEST_VERSION } from '../contract/running-host.ts'

let running: RunningHost
let transport: Transport
let peer: Peer<ClientSide>

beforeEach(async () => {
  running = await startTestHost()
  transport = running.openMemory()
  const listeners = { fact: () => undefined, 'host/stopping': () => undefined }
  peer = createPeer<ClientSide>(transport, { handlers: {}, listeners, onUnexpected: () => undefined })
  await peer.call('host/hello', { protocol: PROTOCOL_VERSION, version: TEST_VERSION })
})

afterEach(async () => {
  transport.close('the test is over')
  await running[Symbol.asyncDispose]()
  expect(running.unexpected).toEqual([])
})

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAA'
const WORK = {
  id: 'w1',
  type: 'task',
  description: 'd',
  payload: {},
  priority: 0,
  status: 'queued',
  assignedAt: null,
}

const MALFORMED: readonly (readonly [RequestName, unknown])[] = [
  ['host/hello', null],
  ['host/hello', { protocol: 1 }],
  ['session/spawn', null],
  ['session/spawn', { backend: 'shell', args: 'cat' }],
  ['session/spawn', { backend: 'shell', args: ['a\0b'] }],
  ['session/spawn', { backend: 'shell', env: { A: 1 } }],
  ['session/spawn', { backend: 'shell', size: null }],
  ['session/spawn', { backend: 'shell', workDir: 7 }],
  ['session/spawn', { backend: 'shell', initialWork: { id: 'w1' } }],
  ['session/terminate', { id: ID, isForced: 'yes' }],
  ['session/get', undefined],
  ['session/get', { id: 7 }],
  ['session/list', { filter: 'running' }],
  ['session/list', { filter: { state: 'tired' } }],
  ['session/assign', { id: ID, work: 'w1' }],
  ['session/assign', { id: ID, work: { ...WORK, priority: 'high' } }],
  ['session/screen', { id: ID, lines: -1 }],
  ['need/answer', { id: ID, needId: ID, answer: { kind: 'perhaps' } }],
  ['need/answer', { id: ID, needId: ID, answer: null }],
  ['message/send', { id: ID, message: { type: 'nudge' } }],
  ['message/send', { id: ID, message: { type: 'shout', body: 'x' } }],
  ['message/broadcast', { ids: ID, message: { type: 'nudge', body: 'x' } }],
  ['message/receipt', { id: null }],
  ['facts/subscribe', { since: 'yesterday' }],
  ['facts/list', { since: 0, limit: -1 }],
]

describe('parameters that are none', () => {
  test.each(MALFORMED)('%s with %j is refused in words', async (request, params) => {
    const error = await failure(request, params)
    expect(error).toMatchObject({ code: 'usage.invalid' })
    expect(error?.message).toContain(request)
  })

  test.each(['__proto__', 'constructor', 'toString'])('no session or message is called %j', async (id) => {
    expect(await failure('session/get', { id })).toMatchObject({ code: 'usage.invalid' })
    expect(await failure('message/receipt', { id })).toMatchObject({ code: 'usage.invalid' })
  })

  test('whatever is asked with whatever, nothing goes wrong inside', async () => {
    const names: readonly RequestName[] = [...new Set(MALFORMED.map(([name]) => name))]
    const isQuiet = (name: RequestName) => name !== 'session/spawn'
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names.filter(isQuiet)), fc.jsonValue(), async (name, params) => {
        expect((await failure(name, params))?.code).not.toBe('internal')
      }),
    )
  })

  test.each([
    ['panes/set', { panes: 'all' }],
    ['panes/set', null],
    ['panes/drawn', { frame: 'last' }],
    ['session/blur', {}],
  ] as const)('a notification %s with %j ends its connection', async (name, params) => {
    const closed = new Promise((resolve) => transport.onClose(resolve))
    peer.notify(name, params as never)
    await closed
  })
})

async function failure(request: RequestName, params: unknown): Promise<ControlError | undefined> {
  try {
    await peer.call(request, params as never)
    return undefined
  } catch (error) {
    return toControlError(error)
  }
}
