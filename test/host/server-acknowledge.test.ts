import { expect, test } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import type { Receipt } from '../../src/core/message.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

/** The command line of an agent, which says who it is. */
async function inside(host: StandInHost, agentName: string): Promise<Client> {
  const { id, agent } = await host.spawn(agentName, { role: 'polecat' })
  return host.connect({ session: id, token: agent.request.env['SIGNALBOX_TOKEN'] ?? '' })
}

function acknowledgedBy({ running }: StandInHost, { id }: Receipt): readonly string[] {
  return running.host
    .factsSince(0, 1000)
    .flatMap(({ fact }) => (fact.type === 'message.acknowledged' && fact.messageId === id ? [fact.by] : []))
}

test('a program inside a session acknowledges as that session, whatever it says', async () => {
  await using host = await startStandInHost()
  const client = await inside(host, 'ada')
  const [session] = await client.listSessions()
  for (const to of ['demo/ada', 'demo/polecat', session!.id]) {
    const mail = await host.running.host.sendMail(to, { type: 'mail', body: 'read this' })
    await client.acknowledge(mail.id, 'operator')
    expect(acknowledgedBy(host, mail)).toEqual([session!.id])
  }
  const nudge = await host.running.host.sendMessage(session!.id, { type: 'nudge', body: 'go on' })
  await client.acknowledge(nudge.id, 'operator')
  expect(acknowledgedBy(host, nudge)).toEqual([session!.id])
})

test('nobody inside a session acknowledges what is for somebody else; the operator does', async () => {
  await using host = await startStandInHost()
  const client = await inside(host, 'ada')
  const operator = await host.connect()
  for (const to of ['demo/bob', 'mayor/', 'other/ada']) {
    const mail = await host.running.host.sendMail(to, { type: 'mail', body: 'read this' })
    await expect(client.acknowledge(mail.id, 'operator')).rejects.toMatchObject({ code: 'identity.operator-only' })
    expect(acknowledgedBy(host, mail)).toEqual([])
    await operator.acknowledge(mail.id, 'operator')
    expect(acknowledgedBy(host, mail)).toEqual(['operator'])
  }
})
