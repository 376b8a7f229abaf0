import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

let host: StandInHost

beforeEach(async () => {
  host = await startStandInHost()
})

afterEach(() => host[Symbol.asyncDispose]())

function settings(value: Readonly<Record<string, unknown>>): void {
  const folder = join(host.running.workDir, 'settings')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ type: 'rig-settings', version: 1, ...value }))
}

describe('the settings of a role and a rig', () => {
  it('change nothing when there are none', async () => {
    const { agent } = await host.spawn('toast')
    for (const field of ['instructions', 'permissions', 'runtime'])
      expect(Object.hasOwn(agent.request, field)).toBe(false)
  })

  it('reach the backend at every start, as they are then', async () => {
    settings({
      roles: { polecat: { prompt: 'Small steps.', permissions: { bash: 'ask' } } },
      runtime: {
        provider: 'stand-in',
        command: './bin/agent',
        hooks: { provider: 'stand-in', dir: '.plugin', settings_file: 'x.js' },
      },
    })
    const { id, agent, now } = await host.spawn('toast', { role: 'polecat' })
    const { workDir } = host.running
    expect(agent.request).toMatchObject({
      instructions: expect.stringMatching(/^Small steps\.\n\nYou are demo\/toast, role polecat/),
      permissions: { bash: 'ask' },
      runtime: {
        command: join(workDir, 'bin/agent'),
        hooksDir: join(workDir, '.plugin'),
        settingsFile: join(workDir, '.plugin/x.js'),
      },
    })
    expect(now().settingsNotes).toEqual([
      expect.stringMatching(/config\.json:1: "runtime\.hooks" names .*x\.js, which does not exist/),
    ])
    settings({ roles: { polecat: { prompt: 'Smaller steps.' } } })
    await host.running.host.terminateSession(id, { isForced: true })
    await host.running.host.resume(id)
    expect(now()).not.toHaveProperty('settingsNotes')
    const again = await host.spawn('nux', { role: 'polecat' })
    expect(again.agent.request.instructions).toMatch(/^Smaller steps\./)
    expect(again.agent.request.runtime).toBeUndefined()
  })

  it('without effect are told of, a few of them and none at length', async () => {
    settings(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${'x'.repeat(1000)}${index}`, true])))
    const { now } = await host.spawn('toast')
    const notes = now().settingsNotes ?? []
    expect(notes).toHaveLength(20)
    expect(Math.max(...notes.map((note) => note.length))).toBeLessThanOrEqual(500)
  })

  it('keep a session from being started while they are wrong', async () => {
    settings({ roles: { polecat: { restart: 'maybe' } } })
    await expect(host.spawn('toast')).rejects.toMatchObject({ code: 'config.invalid' })
    expect(Object.keys(host.running.facts.fleet.sessions)).toEqual([])
  })
})
