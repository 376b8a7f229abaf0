import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { spawn } from 'node-pty'
import { afterEach, describe, expect, test } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import { findSessionProcesses } from '../../src/host/terminal/process-tree.ts'
import { resolveProgram } from '../../src/host/terminal/programs.ts'
import { type Pty, type PtyExit, spawnPty } from '../../src/host/terminal/pty.ts'
import { missingPtyInternals } from '../../src/host/terminal/pty-internals.ts'

const onLinux = test.skipIf(process.platform !== 'linux')

const PATH = process.env['PATH'] ?? '/usr/bin:/bin'
const ignore = (): undefined => undefined
const running = new Set<Pty>()
let serial = 0

interface Running {
  readonly pty: Pty
  readonly marker: string
  readonly exited: Promise<PtyExit>
  readonly bytes: () => Buffer
  readonly until: (text: string) => Promise<void>
}

function run(script: string, options: { readonly onData?: (bytes: Uint8Array) => void } = {}): Running {
  serial += 1
  const marker = `TEST-${process.pid}-${serial}`
  const chunks: Uint8Array[] = []
  const waiting = new Set<() => void>()
  const bytes = (): Buffer => Buffer.concat(chunks)
  let exit: (exit: PtyExit) => void
  const exited = new Promise<PtyExit>((resolve) => {
    exit = resolve
  })
  const pty = spawnPty({
    file: 'sh',
    args: ['-c', script],
    env: { PATH, HOME: os.tmpdir(), SIGNALBOX_SESSION: marker },
    cwd: os.tmpdir(),
    cols: 80,
    rows: 24,
    onData: (data) => {
      chunks.push(Buffer.from(data))
      options.onData?.(data)
      for (const check of waiting) check()
    },
    onExit: (event) => {
      running.delete(pty)
      exit(event)
      for (const check of waiting) check()
    },
  })
  running.add(pty)
  const until = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const seen = bytes().toString('latin1')
        if (seen.includes(text)) resolve()
        else if (pty.hasExited) reject(new Error(`ended without "${text}": ${seen.slice(-500)}`))
        else return
        waiting.delete(check)
      }
      waiting.add(check)
      check()
    })
  return { pty, marker, exited, bytes, until }
}

afterEach(async () => {
  for (const pty of running) await pty.terminate({ graceMs: 0 })
})

/** The code and data of the control error that is thrown. */
function failure(act: () => unknown): object {
  try {
    act()
  } catch (error) {
    if (error instanceof ControlError) return { code: error.code, data: error.data }
    throw error
  }
  throw new Error('nothing was thrown')
}

const pidsOf = async (marker: string): Promise<readonly number[]> =>
  (await findSessionProcesses({ leader: undefined, marker })).map(({ pid }) => pid)

describe('starting', () => {
  test('a missing program or directory fails before anything is started', () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'pty-'))
    try {
      const options = { args: [], env: { PATH: directory }, cols: 80, rows: 24, onData: ignore, onExit: ignore }
      const start = (file: string, cwd: string) => () => spawnPty({ ...options, file, cwd })
      expect(failure(start('nonesuch', directory))).toEqual({ code: 'program.missing', data: { program: 'nonesuch' } })
      writeFileSync(path.join(directory, 'plain'), 'text', { mode: 0o644 })
      expect(failure(start('plain', directory))).toMatchObject({ code: 'program.missing' })
      const gone = path.join(directory, 'gone')
      expect(failure(start('sh', gone))).toEqual({ code: 'directory.missing', data: { directory: gone } })
      expect(failure(start('sh', path.join(directory, 'plain')))).toMatchObject({ code: 'directory.missing' })
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  test('a program is found on the given path, not on ours, and relative to the directory it runs in', () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'pty-'))
    try {
      const tool = path.join(directory, 'tool')
      writeFileSync(tool, '#!/bin/sh\n', { mode: 0o755 })
      expect(resolveProgram('tool', `/nonesuch:${directory}`)).toBe(tool)
      expect(resolveProgram('./tool', '', directory)).toBe(tool)
      expect(resolveProgram(tool, '')).toBe(tool)
      expect(failure(() => resolveProgram('tool', '/nonesuch'))).toMatchObject({ code: 'program.missing' })
      expect(failure(() => resolveProgram('', directory))).toMatchObject({ code: 'program.missing' })
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  test('it gets its arguments, directory, size and nothing but its environment', async () => {
    const { exited, bytes } = run('printf "%s|" "$PWD" "$TERM" "$(stty size)"; env | grep -c npm_; stty -a')
    expect(await exited).toEqual({ exitCode: 0, signal: undefined })
    const text = bytes().toString()
    expect(text).toContain(`${os.tmpdir()}|xterm-256color|24 80|0`)
    expect(text).toMatch(/[^-]iutf8/)
  })

  onLinux('it inherits no descriptor of ours, not even of another terminal', async () => {
    const first = run('printf READY; read line')
    await first.until('READY')
    const second = run('ls -l /proc/$$/fd; printf DONE')
    await second.exited
    const links = second
      .bytes()
      .toString()
      .split('\n')
      .filter((line) => line.includes('->'))
    expect(links.length).toBe(3)
    expect(links.every((line) => line.includes('/dev/pts/'))).toBe(true)
  })
})

test('what this program reads behind the public interface of node-pty is there in the pinned version', async () => {
  const raw = spawn('sleep', ['30'], { encoding: 'utf8' })
  const exited = new Promise((resolve) => raw.onExit(resolve))
  expect(missingPtyInternals(raw)).toEqual([])
  raw.kill('SIGKILL')
  await exited
})

describe('output', () => {
  test('bytes arrive as they are', async () => {
    const { exited, bytes } = run('printf "\\377\\000\\303"; printf "\\251"')
    await exited
    expect([...bytes()]).toEqual([0xff, 0x00, 0xc3, 0xa9])
  })

  test('the end is never lost: 48 runs, 4 at a time', async () => {
    const script = "head -c 65536 /dev/zero | tr '\\0' x; printf END"
    for (let round = 0; round < 12; round += 1) {
      const runs = Array.from({ length: 4 }, () => run(script))
      await Promise.all(runs.map(({ exited }) => exited))
      for (const { bytes } of runs) {
        expect(bytes().length).toBe(65_539)
        expect(bytes().subarray(-3).toString()).toBe('END')
      }
    }
  })

  test('what was printed while reading was paused comes before the exit', async () => {
    let pausedBytes = 0
    const paused = run('printf READY; read line; printf END', {
      onData: (bytes) => {
        pausedBytes += bytes.length
      },
    })
    await paused.until('READY')
    paused.pty.pause()
    paused.pty.write('x\n')
    await paused.exited
    expect(paused.bytes().toString()).toMatch(/END$/)
    expect(pausedBytes).toBe(paused.bytes().length)
  })
})

describe('input', () => {
  test('a megabyte arrives whole, and a program that does not read holds nobody up', async () => {
    const size = 1_000_000
    const reader = run(`stty raw -echo; printf READY; read -r line; head -c ${size} | cksum`)
    await reader.until('READY')
    const sent = Buffer.alloc(size, 'abcdefghij')
    const before = performance.now()
    const sleeper = run('stty raw -echo; printf READY; sleep 30')
    await sleeper.until('READY')
    const started = performance.now()
    expect(sleeper.pty.write(sent)).toBe(true)
    expect(performance.now() - started).toBeLessThan(1000)
    reader.pty.write('go\n')
    reader.pty.write(sent.subarray(0, 10))
    reader.pty.write(sent.subarray(10))
    await reader.exited
    const reference = run(`yes abcdefghij | tr -d '\\n' | head -c ${size} | cksum`)
    await reference.exited
    expect(reader.bytes().toString().replace('READY', '').trim()).toBe(reference.bytes().toString().trim())
    expect(performance.now() - before).toBeLessThan(15_000)
  })

  test('what nobody will ever read is refused in the end', async () => {
    const sleeper = run('stty raw -echo; printf READY; sleep 30')
    await sleeper.until('READY')
    const chunk = Buffer.alloc(1024 * 1024)
    const taken = Array.from({ length: 20 }, () => sleeper.pty.write(chunk)).filter(Boolean).length
    expect(taken).toBeGreaterThanOrEqual(7)
    expect(taken).toBeLessThan(20)
  })

  test('nothing happens after the exit', async () => {
    const { pty, exited } = run('exit 3')
    expect(await exited).toEqual({ exitCode: 3, signal: undefined })
    expect(pty.hasExited).toBe(true)
    expect(pty.write('x')).toBe(false)
    pty.resize(100, 30)
    pty.pause()
    pty.resume()
    expect(await pty.terminate({ graceMs: 0 })).toEqual([])
  })

  test('the program sees a new size', async () => {
    const sized = run('trap "stty size; exit" WINCH; printf READY; while :; do read -r line; done')
    await sized.until('READY')
    sized.pty.resize(101, 33)
    await sized.until('33 101')
  })
})

describe('stopping', () => {
  test('a willing program ends at the first signal', async () => {
    const { pty, exited, until } = run('trap "printf BYE; exit 7" TERM; printf READY; while :; do read -r line; done')
    await until('READY')
    expect(await pty.terminate({ graceMs: 10_000 })).toEqual([])
    expect(await exited).toEqual({ exitCode: 7, signal: undefined })
  })

  test('an unwilling one is killed after the grace', async () => {
    const { pty, exited, until } = run('trap "" TERM HUP INT; printf READY; while :; do read -r line; done')
    await until('READY')
    expect(await pty.terminate({ graceMs: 50 })).toEqual([])
    expect(await exited).toMatchObject({ signal: 'SIGKILL' })
  })

  onLinux('nothing of a session survives: neither what ignores signals nor what left the terminal', async () => {
    const script =
      'trap "" HUP TERM; sleep 991 & setsid sleep 992 & (setsid sh -c "trap \\"\\" TERM; printf IN; sleep 993; :" &) ; printf READY; cat'
    const { pty, marker, until } = run(script)
    await until('READY')
    await until('IN')
    expect((await pidsOf(marker)).length).toBeGreaterThanOrEqual(4)
    expect(await pty.terminate({ graceMs: 50 })).toEqual([])
    expect(await pidsOf(marker)).toEqual([])
  })

  onLinux('what a program left behind can be stopped after its own end', async () => {
    const { pty, marker, exited, until } = run('setsid sh -c "printf IN; exec sleep 994" & read line')
    await until('IN')
    pty.write('\n')
    await exited
    expect((await pidsOf(marker)).length).toBeGreaterThanOrEqual(1)
    expect(await pty.terminate({ graceMs: 0 })).toEqual([])
    expect(await pidsOf(marker)).toEqual([])
  })
})

onLinux('neither descriptors nor dead children are left over 20 starts', async () => {
  const descriptors = (): number =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith('/dev/')
      } catch {
        // The descriptor of this very listing.
        return false
      }
    }).length
  await run('true').exited
  const before = descriptors()
  const pids: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const runs = Array.from({ length: 4 }, () => run('printf x'))
    pids.push(...runs.map(({ pty }) => pty.pid))
    await Promise.all(runs.map(({ exited }) => exited))
  }
  expect(descriptors()).toBe(before)
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim().split(/\s+/).map(Number)
  expect(pids.filter((pid) => children.includes(pid))).toEqual([])
})
