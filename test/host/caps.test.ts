import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Fleet } from '../../src/core/fleet.ts'
import { type MessageId, workId } from '../../src/core/ids.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

let host: StandInHost

beforeEach(async () => {
  host = await startStandInHost()
})

afterEach(() => host[Symbol.asyncDispose]())

const mail = (body: string) => ({ type: 'mail', body }) as const

describe('queues', () => {
  test('take so many messages for one recipient, and those for others still', async () => {
    const client = await host.connect()
    for (let count = 0; count < 200; count += 1) await client.sendMail('demo/nobody', mail(`${count}`))
    await expect(client.sendMail('demo/nobody', mail('one more'))).rejects.toMatchObject({
      code: 'message.too-many',
      data: { count: 200 },
    })
    const other = await client.sendMail('demo/other', mail('hello'))
    expect(other.status).toBe('queued')
    const [first] = Object.values(host.running.facts.fleet.deliveries)
    await client.cancelMessage(first?.message.id ?? other.id)
    expect((await client.sendMail('demo/nobody', mail('room again'))).status).toBe('queued')
  })

  test('take so much open work and no more', async () => {
    const { facts, workDir } = host.running
    const place = { rig: 'demo', role: 'polecat', workDir, backend: null, agentName: null, args: [] }
    const order = (id: string) => ({
      ...{ id: workId(id), type: 'task' as const, description: id, payload: {}, priority: 0 },
    })
    for (let count = 0; count < 1000; count += 1) {
      const work = { ...order(`w${count}`), ...place, status: 'queued', why: '', attempts: 0 }
      facts.append({ type: 'work.queued', work } as unknown as Parameters<typeof facts.append>[0])
    }
    const client = await host.connect()
    await expect(client.queueWork({ work: order('one-more'), place })).rejects.toMatchObject({ code: 'work.too-many' })
  })
})

test('as much text may wait as every client can be told, and is told whole', async () => {
  await using full = await startStandInHost()
  const client = await full.connect()
  const body = 'x'.repeat(256 * 1024)
  let taken = 0
  const all = (async () => {
    for (;;) {
      await client.sendMail(`demo/r${taken}`, { type: 'mail', body })
      taken += 1
    }
  })()
  await expect(all).rejects.toMatchObject({ code: 'message.too-many' })
  expect(taken).toBe(64)
  const late = await full.connect()
  const fleet = await new Promise<Fleet>((resolve) => {
    void late.subscribe((update) => update.type === 'snapshot' && resolve(update.fleet))
  })
  expect(Object.keys(fleet.deliveries)).toHaveLength(64)
  for (const id of Object.keys(fleet.deliveries)) await late.cancelMessage(id as MessageId)
  expect((await client.sendMail('demo/other', { type: 'mail', body })).status).toBe('queued')
})

describe('what a request may hold', () => {
  const refused = { code: 'usage.invalid' }

  test('a message, an argument, a variable, a prompt: each up to a length, and all of them together', async () => {
    const client = await host.connect()
    const { workDir } = host.running
    const spawn = (about: object) => client.spawnSession({ workDir, ...about })
    const argument = 'x'.repeat(128 * 1024)
    await expect(client.sendMail('demo/other', mail('x'.repeat(256 * 1024 + 1)))).rejects.toMatchObject(refused)
    await expect(spawn({ prompt: argument })).rejects.toMatchObject(refused)
    await expect(spawn({ args: [argument] })).rejects.toMatchObject(refused)
    await expect(spawn({ env: { LONG: argument } })).rejects.toMatchObject(refused)
    await expect(spawn({ args: Array(1001).fill('x') })).rejects.toMatchObject(refused)
    await expect(spawn({ args: Array(9).fill(argument.slice(1)) })).rejects.toMatchObject(refused)
    await expect(client.sendMail('demo/other', mail('x'.repeat(5 * 1024 * 1024)))).rejects.toMatchObject({
      message: expect.stringContaining('longer than 4194304 bytes'),
    })
    expect(Object.keys(host.running.facts.fleet.sessions)).toEqual([])
    expect((await client.sendMail('demo/other', mail('x'.repeat(256 * 1024)))).status).toBe('queued')
  })
})
