import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { SessionInfo } from '../../src/core/session.ts'
import { readPrometheus } from '../harness/prometheus.ts'
import { openCliLab } from './cli-lab.ts'

// The program is run a dozen times, and on a busy machine each run takes seconds.
vi.setConfig({ testTimeout: 60_000 })

it('the built program prints logs, costs and metrics, and its log says what became of sessions and work', async () => {
  await using lab = await openCliLab()
  const command = ['--', 'sh', '-c', 'echo begun; cat']
  const session = (await lab.json('spawn', '--backend', 'shell', '--name', 'toast', ...command)) as SessionInfo
  await lab.json('sling', 'gt-1', 'api', '--name', 'toast', '--backend', 'shell')
  expect((await lab.run('logs', 'toast')).stdout).toMatch(/^begun\n/)
  const output = (await lab.run('logs', 'toast', '--json')).stdout.trimEnd().split('\n')
  expect(JSON.parse(output[0]!)).toEqual({ at: null, who: 'output', text: 'begun' })
  expect(await lab.json('costs', '--by', 'day')).toMatchObject({ by: 'day', rows: [], total: { costUsd: 0 } })
  const { exit, stdout } = await lab.run('metrics', '--prometheus')
  expect(exit).toBe(0)
  expect(readPrometheus(stdout).get('signalbox_session_spawns_total')?.samples[0]).toMatchObject({
    labels: { backend: 'shell', outcome: 'ready' },
  })
  await lab.run('stop', 'toast')
  const log = await readFile(join(lab.state, 'host.log'), 'utf8')
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const { id } = session
  const said = (line: string) => lines.find((each) => each['line'] === line)
  expect(said(`[orchestration] spawned shell session ${id} for rig api`)).toMatchObject({
    at: expect.any(String),
    backend: 'shell',
    session: id,
    rig: 'api',
  })
  expect(said(`[orchestration] assigned work gt-1 to session ${id}`)).toMatchObject({ work: 'gt-1', session: id })
  const ended = lines.find((each) => each['session'] === id && each['to'] === 'stopped')
  expect(ended).toMatchObject({ from: expect.any(String), why: expect.any(String), source: 'process' })
  expect(ended?.['line']).toBe(`[orchestration] session ${id} state: ${ended?.['from']} → stopped`)
})
