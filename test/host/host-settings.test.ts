import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { DEFAULT_STALL_RULE, stalledAfterMs } from '../../src/core/freshness.ts'
import { DEFAULT_NOTIFICATIONS } from '../../src/core/room-settings.ts'
import { createConnection } from '../../src/host/connection.ts'
import { createFocusRegister } from '../../src/host/focus-register.ts'
import { openHostSettings } from '../../src/host/host-settings.ts'
import { createOpenings } from '../../src/host/openings.ts'
import { createMemoryPair } from '../../src/wire/transports/memory.ts'
import { startTestHost, TEST_VERSION } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { fleetBuilder } from '../harness/fleets.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

test('wrong settings cost the host nothing but a line of its log, and changes hold where the rule was handed on', async () => {
  using folder = temporaryDirectory()
  const file = join(folder.path, 'settings.json')
  writeFileSync(file, '{"stall": {"minutes": "ten"}}')
  const logged: string[] = []
  const settings = openHostSettings(file, (line) => void logged.push(line))
  const { stall } = settings
  const builder = fleetBuilder()
  const id = builder.session('toast')
  const session = builder.fleet.sessions[id]!
  expect(logged).toEqual(['settings.invalid'])
  expect(settings.notifications).toEqual(DEFAULT_NOTIFICATIONS)
  expect(stalledAfterMs(session, stall)).toBe(DEFAULT_STALL_RULE.otherMs)

  writeFileSync(file, '{"stall": {"minutes": 2}, "notifications": {"command": ["hook"]}}')
  await eventually('the change is taken over', () => logged.includes('settings.read'))
  expect(stalledAfterMs(session, stall)).toBe(120_000)
  expect(settings.notifications.command).toEqual(['hook'])

  writeFileSync(file, '{')
  await eventually('the mistake is logged', () => logged.length === 3)
  expect(stalledAfterMs(session, stall)).toBe(120_000)
  settings.close()
})

test('the host knows what is typed into, in whichever room, until the rooms leave it or go', async () => {
  await using running = await startTestHost()
  const register = createFocusRegister()
  const service = running.host
  const about = { service, openings: createOpenings(service), version: TEST_VERSION, now: () => 0 }
  const open = async () => {
    const [here, there] = createMemoryPair()
    const quiet = { onStopped: () => undefined, onUnexpected: () => undefined }
    createConnection({ ...about, ...quiet, transport: there, onFocus: register.set })
    const client = createClient(here)
    await client.hello(TEST_VERSION)
    return client
  }
  const id = fleetBuilder().session('toast')
  const [one, other] = [await open(), await open()]
  const pane = (isFocused: boolean) => [{ id, size: { cols: 80, rows: 24 }, isFocused }]
  one.setPanes(pane(true))
  other.setPanes(pane(false))
  await eventually('the first room types into it', () => register.has(id))
  other.setPanes(pane(true))
  one.setPanes(pane(false))
  await other.listSessions()
  await one.listSessions()
  expect(register.has(id)).toBe(true)
  other.close()
  await eventually('nobody types into it', () => !register.has(id))
  one.close()
})
