import { expect, test } from 'vitest'
import { type SessionId, workId } from '../../src/core/ids.ts'
import { isLive } from '../../src/core/session.ts'
import { eventually } from '../harness/eventually.ts'
import { openPoolLab } from '../harness/pool-lab.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

test('of many ended sessions all stay in the list, and the older ones still show what they showed last', async () => {
  await using host = await startStandInHost()
  const { host: control, facts } = host.running
  const ids: SessionId[] = []
  for (let count = 0; count < 22; count += 1) {
    const { id, agent } = await host.spawn(`s${count}`)
    ids.push(id)
    agent.say({ type: 'exited', exit: { code: 0, signal: undefined }, why: 'it is done' })
  }
  expect(Object.keys(facts.fleet.sessions)).toEqual(ids)
  await control.resume(ids[0]!)
  expect(isLive(facts.fleet.sessions[ids[0]!]!)).toBe(true)
})

test('what the pool started goes when it has ended and many came after it; what the operator may still want stays', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 100 } } })
  const { facts, host } = lab.running
  const ended: SessionId[] = []
  for (let count = 0; count < 53; count += 1) {
    const { sessionId } = await lab.queue(`gt-${count}`)
    await lab.until(`gt-${count}`, ({ status }) => status === 'accepted')
    if (count === 0) lab.agent(sessionId!).say({ type: 'replied', text: 'look at this' })
    if (count !== 1) await host.endWork(workId(`gt-${count}`), { status: 'done' })
    await host.terminateSession(sessionId!)
    ended.push(sessionId!)
  }
  await eventually('one is gone', () => facts.fleet.sessions[ended[2]!] === undefined)
  expect(facts.fleet.sessions[ended[0]!]).toMatchObject({ state: 'stopped', unread: true })
  expect(lab.unit('gt-1')).toMatchObject({ status: 'accepted', sessionId: ended[1] })
  expect(Object.keys(facts.fleet.sessions)).toHaveLength(52)
})
