import { expect, test } from 'vitest'
import { type Client, createClient } from '../../src/client/client.ts'
import type { Identity } from '../../src/core/identity.ts'
import { createConnection } from '../../src/host/connection.ts'
import { createFocusRegister } from '../../src/host/focus-register.ts'
import { createOpenings } from '../../src/host/openings.ts'
import { createMemoryPair } from '../../src/wire/transports/memory.ts'
import { TEST_VERSION } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

test('a program inside a session cannot say that the operator types into one', async () => {
  await using host = await startStandInHost()
  const { id, agent } = await host.spawn('toast')
  const register = createFocusRegister()
  async function open(identity?: Identity): Promise<Client> {
    const [here, there] = createMemoryPair()
    const quiet = { onStopped: () => undefined, onUnexpected: () => undefined }
    const service = host.running.host
    const about = { service, openings: createOpenings(service), version: TEST_VERSION, now: () => 0 }
    createConnection({ ...about, ...quiet, transport: there, onFocus: register.set })
    const client = createClient(here, { identity })
    await client.hello(TEST_VERSION)
    return client
  }
  const focused = [{ id, size: { cols: 80, rows: 24 }, isFocused: true }]
  const inside = await open({ session: id, token: agent.request.env['SIGNALBOX_TOKEN'] ?? '' })
  inside.setPanes(focused)
  await inside.listSessions()
  expect(register.has(id)).toBe(false)
  const room = await open()
  room.setPanes(focused)
  await eventually('the operator types into it', () => register.has(id))
  inside.close()
  room.close()
})
