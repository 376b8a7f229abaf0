import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { withIdentity } from '../../src/config/identity-file.ts'
import { identityFrom } from '../../src/core/identity.ts'
import { createStandIn } from '../harness/stand-in-backend.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

test('an agent that shares its environment is told where it stands who it is, and never the secret', async () => {
  const standIn = createStandIn()
  const capabilities = { ...standIn.backend.capabilities, hasOwnEnvironment: false }
  await using host = await startStandInHost({ standIn: { ...standIn, backend: { ...standIn.backend, capabilities } } })
  const { id } = await host.spawn('toast', { role: 'polecat' })
  const told = standIn.agent().request.instructions ?? ''
  const file = /`SIGNALBOX_IDENTITY=(\S+) signalbox agents`/.exec(told)?.[1]
  const identity = identityFrom(withIdentity({ SIGNALBOX_IDENTITY: file }))
  expect(identity?.session).toBe(id)
  expect(told).not.toContain(identity?.token)
  expect(statSync(file ?? '').mode & 0o777).toBe(0o600)
  const inside = await host.connect(identity)
  expect(await inside.listSessions()).toHaveLength(1)
  await expect(inside.terminateSession(id)).rejects.toMatchObject({ code: 'identity.operator-only' })
})

test('whoever names a file that says nothing is nobody, and not the operator', async () => {
  await using host = await startStandInHost()
  const nobody = identityFrom(withIdentity({ SIGNALBOX_IDENTITY: '/nowhere/identity.json' }))
  await expect(host.connect(nobody)).rejects.toMatchObject({ code: 'identity.refused' })
})
