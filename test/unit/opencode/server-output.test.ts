import { mkdtempSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createServerOutput, keepShort } from '../../../src/backends/opencode/server-output.ts'

describe('what a server prints', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-output-'))
    file = join(folder, 'server.log')
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    vi.useRealTimers()
    rmSync(folder, { recursive: true })
  })

  it('tells where it listens, and its last lines without that', () => {
    const output = createServerOutput(file)
    writeSync(output.fd, 'opencode server listening on http://127.0.0.1:4000\none\ntwo\nthree\nfour\n')
    expect(output.url()).toBe('http://127.0.0.1:4000')
    expect(output.lastWords()).toBe('two three four')
    output.started()
  })

  it('is let go when it has grown too long, and goes on until the server is gone', async () => {
    const output = createServerOutput(file)
    const { promise: gone, resolve: end } = Promise.withResolvers<void>()
    keepShort(file, gone)
    const print = (megabytes: number) => writeSync(output.fd, Buffer.alloc(megabytes * 1024 * 1024, 'x'))
    const sizeAfterAMinute = () => {
      vi.advanceTimersByTime(60_000)
      return statSync(file).size
    }
    print(3)
    expect(sizeAfterAMinute()).toBe(3 * 1024 * 1024)
    print(2)
    expect(sizeAfterAMinute()).toBe(0)
    writeSync(output.fd, 'last words\n')
    expect(output.lastWords()).toBe('last words')
    end()
    await gone
    expect(vi.getTimerCount()).toBe(0)
    output.started()
  })
})
