import { describe, expect, test } from 'vitest'
import type { CostGroup } from '../../src/core/costs.ts'
import { type Budgets, DEFAULT_RULES } from '../../src/core/rules.ts'
import type { Usage } from '../../src/core/session.ts'
import type { Signal } from '../../src/core/signals.ts'
import { usageOfParts } from '../../src/core/usage.ts'
import { localDay } from '../../src/host/local-day.ts'
import { eventually } from '../harness/eventually.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

function used(usage: Usage): Signal {
  return { type: 'used', usage }
}

function spent(costUsd: number): Signal {
  return used({ inputTokens: Math.round(costUsd * 100), outputTokens: 1, costUsd })
}

function part(conversation: string, inputTokens: number, costUsd: number): Usage {
  const unpricedTokens = costUsd === 0 ? inputTokens : 0
  return usageOfParts({}, [{ conversation, model: 'big', inputTokens, outputTokens: 0, costUsd, unpricedTokens }])
}

async function rowsOf(host: StandInHost, by: CostGroup) {
  return (await host.running.host.costs({ by })).rows.map(({ name, inputTokens, costUsd }) => [
    name,
    inputTokens,
    costUsd,
  ])
}

function ruled(budgets: Budgets) {
  return startStandInHost({ rules: () => ({ ...DEFAULT_RULES, budgets }) })
}

describe('costs', () => {
  test('are summed up by whatever is asked for, an unknown one as unknown', async () => {
    await using host = await startStandInHost()
    const [one, two] = [await host.spawn('toast'), await host.spawn('nux', { rig: 'other', role: 'mayor' })]
    one.agent.say(used({ inputTokens: 100, outputTokens: 10, costUsd: 1.5, model: 'big' }))
    two.agent.say(used({ inputTokens: 7, outputTokens: 1, model: 'free' }))
    expect(await rowsOf(host, 'session')).toEqual([
      ['demo/toast', 100, 1.5],
      ['other/nux', 7, null],
    ])
    expect(await rowsOf(host, 'rig')).toEqual([
      ['demo', 100, 1.5],
      ['other', 7, null],
    ])
    expect(await rowsOf(host, 'role')).toEqual([
      ['crew', 100, 1.5],
      ['mayor', 7, null],
    ])
    expect(await rowsOf(host, 'model')).toEqual([
      ['big', 100, 1.5],
      ['free', 7, null],
    ])
    expect(await rowsOf(host, 'backend')).toEqual([['stand-in', 107, 1.5]])
    expect(await rowsOf(host, 'day')).toEqual([[localDay(Date.now()), 107, 1.5]])
    const { total } = await host.running.host.costs({ by: 'day' })
    expect(total).toEqual({ inputTokens: 107, outputTokens: 11, costUsd: 1.5, unpricedTokens: 8 })
  })

  test('of a session that was resumed, cleared or removed are counted once, also over a restart of the host', async () => {
    using directory = temporaryDirectory()
    {
      await using host = await startStandInHost({ directory })
      const session = await host.spawn('toast')
      session.agent.say(used(part('a', 100, 1)))
      session.agent.say(used(part('a', 100, 1)))
      // `/clear`: a conversation of its own; the agent tells both.
      session.agent.say(used({ parts: [...(part('a', 100, 1).parts ?? []), ...(part('b', 50, 0.5).parts ?? [])] }))
      await host.running.host.terminateSession(session.id)
      await host.running.host.resume(session.id)
      // The agent has read only the last conversation again, and then goes on with it.
      host.running.facts.append({ type: 'session.used', id: session.id, usage: part('b', 20, 0.2) })
      host.running.facts.append({ type: 'session.used', id: session.id, usage: part('b', 60, 0.6) })
      expect(session.now().usage).toMatchObject({ inputTokens: 160, costUsd: 1.6 })
      expect(await rowsOf(host, 'session')).toEqual([['demo/toast', 160, 1.6]])
      await host.running.host.terminateSession(session.id)
      await host.running.host.terminateSession(session.id)
    }
    await using host = await startStandInHost({ directory })
    expect(await host.running.host.listSessions()).toEqual([])
    expect(await rowsOf(host, 'session')).toEqual([['demo/toast', 160, 1.6]])
  })
})

describe('budgets', () => {
  test('warn once, and only when the session rests', async () => {
    await using host = await ruled({ session: { warnUsd: 1 } })
    const session = await host.spawn('toast')
    session.agent.say(SAY.working())
    session.agent.say(spent(0.9))
    session.agent.say(spent(1.2))
    expect(session.now().need).toBeUndefined()
    session.agent.say(SAY.idle())
    expect(session.now().need).toMatchObject({ kind: 'limited', title: 'Budget: $1.20 of $1.00', answers: [] })
    session.agent.say(SAY.working())
    expect(session.now().need).toBeUndefined()
    session.agent.say(spent(1.4))
    session.agent.say(SAY.idle())
    expect(session.now().need).toBeUndefined()
    expect(session.now().state).toBe('running')
  })

  test('hold the pool back for what all have spent today, once', async () => {
    await using host = await ruled({ day: { warnUsd: 1, pauseUsd: 2 } })
    const [one, two] = [await host.spawn('toast'), await host.spawn('nux')]
    one.agent.say(spent(0.8))
    two.agent.say(spent(0.7))
    expect(one.now().need).toBeUndefined()
    expect(two.now().need).toMatchObject({ kind: 'limited', title: 'Budget of the day: $1.50 of $1.00' })
    expect(host.running.facts.fleet.pool?.paused).toBeUndefined()
    one.agent.say(spent(1.5))
    expect(host.running.facts.fleet.pool?.paused).toBe('budget of the day: $2.20 of $2.00')
    await host.running.host.resumePool()
    one.agent.say(spent(1.6))
    expect(host.running.facts.fleet.pool?.paused).toBeUndefined()
  })

  test('end a session that has spent too much, with the reason, and no other', async () => {
    await using host = await ruled({ session: { warnUsd: 1, stopUsd: 2 } })
    const [one, two] = [await host.spawn('toast'), await host.spawn('nux')]
    two.agent.say(spent(0.5))
    one.agent.say(spent(2.5))
    await eventually('its end', () => one.now().state === 'stopped')
    expect(one.now()).toMatchObject({ why: 'budget: $2.50 of $2.00' })
    expect(one.now().need).toBeUndefined()
    expect(two.now().state).toBe('running')
  })

  test('end all that spend when the day is over budget, and whoever goes on', async () => {
    await using host = await ruled({ day: { stopUsd: 2 } })
    const [one, two, three] = [await host.spawn('toast'), await host.spawn('nux'), await host.spawn('idle')]
    one.agent.say(spent(1))
    two.agent.say(spent(1.5))
    await eventually('both ends', () => one.now().state === 'stopped' && two.now().state === 'stopped')
    expect(one.now().why).toBe('budget of the day: $2.50 of $2.00')
    expect(three.now().state).toBe('running')
    three.agent.say(spent(0.1))
    await eventually('the third end', () => three.now().state === 'stopped')
  })
})
