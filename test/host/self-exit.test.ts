import { expect, test } from 'vitest'
import type { HookChannel } from '../../src/backends/backend.ts'
import { eventually } from '../harness/eventually.ts'
import { createStandIn, SAY, type StandIn } from '../harness/stand-in-backend.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

const crash = { type: 'exited', exit: { code: 1, signal: undefined }, why: 'it crashed' } as const

test('the door for the hooks of an agent that ended by itself is shut', async () => {
  const { standIn, channels } = withHooks()
  await using host = await startStandInHost({ standIn })
  const { agent, now } = await host.spawn('toast')
  const [channel] = channels
  expect((await knock(channel)).status).toBe(200)
  agent.say(crash)
  await eventually('it has ended', () => now().state === 'failed')
  expect((await knock(channel)).status).not.toBe(200)
})

test('a message on its way to an agent that ends is given up at once, and the next one goes to the resumed agent', async () => {
  await using host = await startStandInHost()
  const { id, agent } = await host.spawn('toast')
  const { facts, host: control } = host.running
  const receiptOf = (message: string) =>
    Object.values(facts.fleet.deliveries).find((each) => each.message.id === message)?.receipt
  agent.takeText = () => new Promise(() => undefined)
  const { id: lost } = await control.sendMessage(id, { type: 'nudge', body: 'go on' })
  await eventually('it is typed', () => receiptOf(lost)?.status === 'injected')
  agent.say(crash)
  await eventually('it is given up', () => receiptOf(lost)?.status === 'failed')
  expect(receiptOf(lost)?.error).toMatch('did not confirm the message')
  await control.resume(id)
  const { id: next } = await control.sendMessage(id, { type: 'nudge', body: 'and on' })
  await eventually('the next is seen', () => receiptOf(next)?.status === 'seen')
  expect(host.standIn.agent().texts).toEqual(['and on'])
})

test('what an agent confirms after its end counts no more', async () => {
  await using host = await startStandInHost()
  const { id, agent } = await host.spawn('toast')
  const { facts, host: control } = host.running
  const taken = Promise.withResolvers<void>()
  agent.takeText = () => taken.promise
  const { id: message } = await control.sendMessage(id, { type: 'nudge', body: 'go on' })
  await eventually('it is typed', () => facts.fleet.deliveries[message]?.receipt.status === 'injected')
  agent.say(crash)
  taken.resolve()
  await control.resume(id)
  host.standIn.agent().say(SAY.working())
  expect(facts.fleet.deliveries[message]?.receipt.status).toBe('failed')
})

/** Agents with a door for hooks each. */
function withHooks(): { readonly standIn: StandIn; readonly channels: readonly HookChannel[] } {
  const standIn = createStandIn()
  const channels: HookChannel[] = []
  const open: StandIn['backend']['open'] = async (request, port) => {
    channels.push(await port.openHooks(async () => ({})))
    return standIn.backend.open(request, port)
  }
  return { standIn: { ...standIn, backend: { ...standIn.backend, open } }, channels }
}

function knock(channel: HookChannel | undefined): Promise<Response> {
  const { url = '', headers = {} } = channel ?? {}
  return fetch(url, { method: 'POST', body: '{}', headers: { ...headers, 'content-type': 'application/json' } })
}
