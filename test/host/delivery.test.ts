import { describe, expect, test } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import { ControlError } from '../../src/core/errors.ts'
import { UNSENT, whyWaits } from '../../src/core/hold.ts'
import { messageId } from '../../src/core/ids.ts'
import type { Receipt } from '../../src/core/message.ts'
import type { Signal } from '../../src/core/signals.ts'
import { eventually } from '../harness/eventually.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

const IN_BACKGROUND: Signal = {
  type: 'activity',
  activity: 'working',
  why: 'in the background: a server',
  source: 'hook',
  isTurnOver: true,
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof ControlError ? error.code : String(error)),
  )
}

function statusOf({ running }: StandInHost, { id }: Receipt): string | undefined {
  return running.facts.fleet.deliveries[id]?.receipt.status
}

const nudge = { type: 'nudge', body: 'go on' } as const

describe('when a message goes in', () => {
  test.each([
    ['boundary', 'working', false],
    ['boundary', 'behind its turn', true],
    ['boundary', 'idle', true],
    ['idle', 'working', false],
    ['idle', 'behind its turn', false],
    ['idle', 'idle', true],
    ['now', 'working', true],
    ['now', 'idle', true],
  ] as const)('mode %s while it is %s', async (mode, state, goes) => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    if (state !== 'idle') session.agent.say(state === 'working' ? SAY.working() : IN_BACKGROUND)
    const receipt = await host.running.host.sendMessage(session.id, { ...nudge, mode })
    if (goes) await eventually('it is seen', () => statusOf(host, receipt) === 'seen')
    expect(session.agent.texts).toEqual(goes ? ['go on'] : [])
    session.agent.say(SAY.idle())
    await eventually('it is seen', () => statusOf(host, receipt) === 'seen')
    expect(session.agent.texts).toEqual(['go on'])
  })

  test.each(['boundary', 'idle', 'now', 'interrupt'] as const)('mode %s never goes into a prompt', async (mode) => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    session.agent.say(SAY.asks({ key: 'request-1' }))
    const receipt = await host.running.host.sendMessage(session.id, { ...nudge, mode })
    session.agent.hear({ source: 'hook', what: 'PreToolUse' })
    expect(session.agent.texts).toEqual([])
    expect(session.agent.interrupts()).toBe(0)
    session.agent.say(SAY.asksNoMore('request-1'))
    session.agent.say(SAY.idle())
    await eventually('it is seen', () => statusOf(host, receipt) === 'seen')
  })

  test('interrupt stops the turn once, and goes in when it has ended', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    session.agent.say(SAY.working())
    const receipt = await host.running.host.sendMessage(session.id, { ...nudge, mode: 'interrupt' })
    session.agent.say(SAY.working('still at it'))
    expect(session.agent.interrupts()).toBe(1)
    expect(session.agent.texts).toEqual([])
    session.agent.say(SAY.idle('interrupted'))
    await eventually('it is seen', () => statusOf(host, receipt) === 'seen')
  })

  test('the higher priority goes first, then the older one', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    session.agent.say(SAY.working())
    for (const [body, priority] of [
      ['third', 0],
      ['first', 5],
      ['fourth', 0],
      ['second', 1],
    ] as const)
      await host.running.host.sendMessage(session.id, { type: 'nudge', body, priority })
    session.agent.say(SAY.idle())
    await eventually('all are in', () => session.agent.texts.length === 4)
    expect(session.agent.texts).toEqual(['first', 'second', 'third', 'fourth'])
  })
})

describe('a draft of the operator', () => {
  test('behind unsent text says so in the list, for as long as that is the reason', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    const service = host.running.host
    service.type(session.id, Buffer.from('half a thought'))
    const receipt = await service.sendMessage(session.id, nudge)
    const why = () => {
      const { fleet } = host.running.facts
      return whyWaits(fleet, fleet.deliveries[receipt.id]!)
    }
    expect(why()).toBe(UNSENT)
    session.agent.say(SAY.working())
    service.type(session.id, Buffer.from('\x03'))
    expect(why()).toBe('the agent is in a turn')
    session.agent.say(SAY.idle())
    await eventually('it is seen', () => statusOf(host, receipt) === 'seen')
    expect(why()).toBeUndefined()
  })

  test('holds messages back, also when a dialog was answered meanwhile', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    const { host: service } = host.running
    service.type(session.id, Buffer.from('half a thought'))
    session.agent.say(SAY.asks({ key: 'request-1' }))
    service.type(session.id, Buffer.from('1'))
    session.agent.say(SAY.asksNoMore('request-1'))
    session.agent.say(SAY.idle())
    const receipt = await service.sendMessage(session.id, nudge)
    session.agent.hear({ source: 'hook', what: 'Notification' })
    expect(session.agent.texts).toEqual([])
    service.type(session.id, Buffer.from('\r'))
    await eventually('it is seen', () => statusOf(host, receipt) === 'seen')
  })
})

describe('what does not arrive', () => {
  test.each([
    ['is over', 20],
    ['is over before the message is written down', 0],
  ])('a message whose time %s is given up, and says so', async (_, expiresInMs) => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    session.agent.say(SAY.working())
    const receipt = await host.running.host.sendMessage(session.id, { ...nudge, expiresInMs })
    await eventually('it has expired', () => statusOf(host, receipt) === 'expired')
    session.agent.say(SAY.idle())
    expect(session.agent.texts).toEqual([])
    const { error } = await host.running.host.receipt(receipt.id)
    expect(error).toMatch(/could not be delivered in time/)
  })

  test('what waits can be taken back, what is in cannot', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    session.agent.say(SAY.working())
    const client = await host.connect()
    const waiting = await client.sendMessage(session.id, nudge)
    expect(await client.cancelMessage(waiting.id)).toMatchObject({ status: 'cancelled' })
    session.agent.say(SAY.idle())
    const sent = await client.sendMessage(session.id, nudge)
    await eventually('it is seen', () => statusOf(host, sent) === 'seen')
    expect(await codeOf(client.cancelMessage(sent.id))).toBe('message.not-queued')
    expect(await codeOf(client.cancelMessage(messageId('NONE')))).toBe('message.not-found')
    expect(session.agent.texts).toEqual(['go on'])
  })

  test('a message that was given up is sent again as a new one; one that arrived never is', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    const client = await host.connect()
    session.agent.failDeliveries('message.unconfirmed')
    const lost = await client.sendMessage(session.id, nudge)
    await eventually('it failed', () => statusOf(host, lost) === 'failed')
    session.agent.failDeliveries(undefined)
    const again = await client.resendMessage(lost.id)
    await eventually('it is seen', () => statusOf(host, again) === 'seen')
    expect(again.id).not.toBe(lost.id)
    expect(await codeOf(client.resendMessage(again.id))).toBe('message.not-dead')
    expect(session.agent.texts).toEqual(['go on'])
  })

  test('an agent that refuses keeps the message waiting, with the reason, and gets it when it takes it', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    session.agent.failDeliveries('message.unsafe')
    const receipt = await host.running.host.sendMessage(session.id, nudge)
    const delivery = () => host.running.facts.fleet.deliveries[receipt.id]
    await eventually('it was tried', () => delivery()?.attempts === 1)
    expect(delivery()).toMatchObject({ receipt: { status: 'queued' }, problem: expect.stringMatching(/toast/) })
    session.agent.failDeliveries(undefined)
    session.agent.say(SAY.working())
    session.agent.say(SAY.idle())
    await eventually('it is seen', () => statusOf(host, receipt) === 'seen')
    expect(session.agent.texts).toEqual(['go on'])
  })

  test('nudges fail with their session, mail waits for the next one of that name', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('toast')
    session.agent.say(SAY.working())
    const receipt = await host.running.host.sendMessage(session.id, nudge)
    const mail = await host.running.host.sendMail('demo/toast', { type: 'mail', body: 'read this', from: 'mayor/' })
    await host.running.host.terminateSession(session.id)
    expect(statusOf(host, receipt)).toBe('failed')
    expect(statusOf(host, mail)).toBe('queued')
    const next = await host.spawn('toast')
    await eventually('it is seen', () => statusOf(host, mail) === 'seen')
    expect(next.agent.texts[0]).toMatch(/^Mail \w+ from mayor\/:\n\nread this/)
  })
})

describe('programs inside a session', () => {
  async function inside(host: StandInHost, name: string): Promise<{ readonly client: Client; readonly id: string }> {
    const session = await host.spawn(name)
    const { SIGNALBOX_TOKEN: token = '' } = session.agent.request.env
    return { client: await host.connect({ session: session.id, token }), id: session.id }
  }

  test('sign with their own address, whatever they say', async () => {
    await using host = await startStandInHost()
    const { client } = await inside(host, 'ada')
    const receipt = await client.sendMail('mayor/', { type: 'mail', body: 'done', from: 'operator' })
    expect(host.running.facts.fleet.deliveries[receipt.id]?.message.from).toBe('demo/ada')
  })

  test('may not answer, end the host, or type', async () => {
    await using host = await startStandInHost()
    const { client } = await inside(host, 'ada')
    const other = await host.spawn('bob')
    other.agent.say(SAY.asks({ key: 'request-1' }))
    const need = other.now().need
    expect(await codeOf(client.answer(other.id, need!.id, { kind: 'allow' }))).toBe('identity.operator-only')
    expect(await codeOf(client.terminateSession(other.id))).toBe('identity.operator-only')
    expect(await codeOf(client.stopHost())).toBe('identity.operator-only')
    expect(other.agent.answers).toEqual([])
  })

  test('are refused with a token that is not theirs', async () => {
    await using host = await startStandInHost()
    const session = await host.spawn('ada')
    expect(await codeOf(host.connect({ session: session.id, token: 'guessed' }))).toBe('identity.refused')
  })
})

test('a broadcast under one id is one message for each, and whoever could not take it has a dead letter', async () => {
  await using host = await startStandInHost()
  const [toast, nux] = [await host.spawn('toast'), await host.spawn('nux')]
  const { facts, host: control } = host.running
  await control.terminateSession(nux.id)
  const send = () =>
    control.broadcastMessage([toast.id, nux.id], { id: messageId('all'), type: 'broadcast', body: 'hear' })
  const [first, second] = [await send(), await send()]
  expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id))
  await eventually('it is seen', () => facts.fleet.deliveries[first[0]!.id]?.receipt.status === 'seen')
  expect(toast.agent.texts).toEqual(['hear'])
  expect(await control.receipt(first[1]!.id)).toMatchObject({ status: 'failed', error: expect.stringMatching('nux') })
})
