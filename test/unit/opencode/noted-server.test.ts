import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findNoted, noteServer } from '../../../src/backends/opencode/noted-server.ts'
import { temporaryDirectory } from '../../harness/temporary.ts'

describe('a noted server', () => {
  it('is found by when it started, whatever program it is at that moment', async () => {
    using folder = temporaryDirectory()
    const directory = folder.path
    const pid = startProcess()
    await noteServer(directory, { pid, port: 4711, password: 'secret' })
    expect(await findNoted(directory)).toMatchObject({ pid, port: 4711, password: 'secret' })
  })

  it('is not another process that got its number', async () => {
    using folder = temporaryDirectory()
    const directory = folder.path
    await noteServer(directory, { pid: startProcess(), port: 4711, password: 'secret' })
    const file = join(directory, 'server.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"start":"[^"]+"/, '"start":"an earlier one"'))
    expect(await findNoted(directory)).toBeUndefined()
  })

  it('is not found when it has ended', async () => {
    using folder = temporaryDirectory()
    const directory = folder.path
    const child = spawn('sleep', ['60'])
    await noteServer(directory, { pid: child.pid ?? 0, port: 4711, password: 'secret' })
    child.kill()
    await once(child, 'exit')
    expect(await findNoted(directory)).toBeUndefined()
  })
})

function startProcess(): number {
  const child = spawn('sleep', ['60'])
  onTestFinished(() => {
    child.kill()
  })
  return child.pid ?? 0
}
