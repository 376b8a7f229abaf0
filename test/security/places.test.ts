import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ensureStateDirectory } from '../../src/config/state-directory.ts'
import { sessionId } from '../../src/core/ids.ts'
import { agentEnvironment } from '../../src/host/environment.ts'
import { createIdentities } from '../../src/host/identities.ts'
import { readEndpoint } from '../../src/wire/endpoint-entry.ts'
import { startTestHost } from '../contract/running-host.ts'
import { modeOf } from '../harness/modes.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

describe('the state directory', () => {
  const insecure = expect.objectContaining({ code: 'directory.insecure' })

  test('is refused when others can read it, and when they could put another one in its place', () => {
    using directory = temporaryDirectory()
    const open = join(directory.path, 'open')
    mkdirSync(open)
    chmodSync(open, 0o750)
    expect(() => ensureStateDirectory(open)).toThrow(insecure)
    const shared = join(directory.path, 'shared')
    mkdirSync(shared)
    chmodSync(shared, 0o777)
    expect(() => ensureStateDirectory(join(shared, 'state'))).toThrow(insecure)
    symlinkSync(join(shared, 'state'), join(directory.path, 'link'))
    expect(() => ensureStateDirectory(join(directory.path, 'link'))).toThrow(insecure)
    chmodSync(shared, 0o1777)
    ensureStateDirectory(join(shared, 'state'))
    ensureStateDirectory(join(directory.path, 'link'))
  })

  test('is made for its owner alone, and so is all that a host puts there', async () => {
    await using running = await startTestHost()
    const { paths } = running
    expect([paths.stateDirectory, paths.worktrees].map(modeOf).filter((mode) => mode !== undefined)).toContain('700')
    expect([paths.socket, paths.endpoint].map(modeOf)).toEqual(['600', '600'])
    expect([paths.journal, `${paths.journal}-wal`, paths.lock].map(modeOf)).toEqual(['600', '600', '600'])
  })
})

describe('the endpoint entry', () => {
  test('of a process that is gone, or that is another one by now, is none', () => {
    using directory = temporaryDirectory()
    const file = join(directory.path, 'host.json')
    const entry = { pid: process.pid, procStart: '1', version: '1', protocol: 1, socket: '/tmp/x', startedAt: 0 }
    writeFileSync(file, JSON.stringify(entry))
    expect(readEndpoint(file)).toBeUndefined()
    writeFileSync(file, JSON.stringify({ ...entry, pid: -1 }))
    expect(readEndpoint(file)).toBeUndefined()
  })
})

describe('who a program says it is', () => {
  test('counts only with the secret of that very session', async () => {
    await using running = await startTestHost()
    const session = sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAV')
    await expect(running.connect({ session, token: 'guessed' })).rejects.toMatchObject({ code: 'identity.refused' })
    const identities = createIdentities(Buffer.alloc(32, 1))
    const other = createIdentities(Buffer.alloc(32, 2))
    expect(identities.isProven(session, identities.issue(session))).toBe(true)
    expect(identities.isProven(session, other.issue(session))).toBe(false)
    expect(identities.isProven(session, '')).toBe(false)
  })
})

describe('the environment of agents', () => {
  test('has none of the secrets that signalbox and the agents share, nor the way to the outer terminal', () => {
    const outer = {
      HOME: '/h',
      SIGNALBOX_TOKEN: 't',
      OPENCODE_SERVER_PASSWORD: 'p',
      NODE_OPTIONS: '--require=/evil.js',
      TMUX: '/tmp/tmux',
      npm_config_registry: 'r',
    }
    expect(Object.keys(agentEnvironment(outer)).sort()).toEqual(['COLORTERM', 'HOME', 'PATH', 'TERM'])
  })
})
