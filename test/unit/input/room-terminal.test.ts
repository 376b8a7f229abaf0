import { readFileSync, watch } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type IPty, spawn } from 'node-pty'
import { afterEach, expect, test, vi } from 'vitest'

// One of them waits until a terminal that takes nothing is given up, which takes ten seconds.
vi.setConfig({ testTimeout: 60_000 })

const PROGRAM = fileURLToPath(new URL('./room-program.ts', import.meta.url))
const TAKEN = '\x1b[?1049h'
const GIVEN_BACK = '\x1b[?1049l'

const running = new Set<IPty>()
const folders = new Set<string>()

afterEach(async () => {
  for (const pty of running) pty.kill('SIGKILL')
  running.clear()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
  folders.clear()
})

/** The program in a pseudo terminal of its own, or under a shell that can stop and continue it. */
function start(command: readonly string[] = [process.execPath, PROGRAM]) {
  const [file = '', ...argv] = command
  const pty = spawn(file, argv, { cols: 80, rows: 24, env: { ...process.env, TERM: 'xterm-256color', PS1: '$ ' } })
  running.add(pty)
  let seen = ''
  let exitCode: number | undefined
  const watchers = new Set<() => void>()
  const wake = () => {
    for (const watcher of [...watchers]) watcher()
  }
  pty.onData((data) => {
    seen += data
    wake()
  })
  pty.onExit((event) => {
    exitCode = event.exitCode
    running.delete(pty)
    wake()
  })
  const until = (isReached: () => boolean) =>
    new Promise<void>((resolve) => {
      const watcher = () => {
        if (!isReached()) return
        watchers.delete(watcher)
        resolve()
      }
      watchers.add(watcher)
      watcher()
    })
  return {
    pty,
    seen: () => seen,
    sees: (text: string, from = 0) => until(() => seen.includes(text, from)),
    exits: async () => {
      await until(() => exitCode !== undefined)
      return exitCode
    },
  }
}

test('the terminal is taken, keys come raw and a resize is told', async () => {
  const { pty, sees, exits, seen } = start()
  await sees('<open>')
  expect(seen()).toContain(TAKEN)
  pty.write('\x03')
  await sees('<input "\\u0003">')
  pty.resize(100, 30)
  await sees('<size 100x30>')
  pty.write('q')
  await sees('closed')
  expect(await exits()).toBe(0)
  expect(seen().indexOf(GIVEN_BACK)).toBeGreaterThan(seen().indexOf('<size'))
})

test.each([
  ['an exception', 'x', 'crash', 70],
  ['a rejected promise', 'r', 'crash', 70],
])('%s gives the terminal back before it is reported', async (_, key, kind, code) => {
  const { pty, sees, exits, seen } = start()
  await sees('<open>')
  pty.write(key)
  expect(await exits()).toBe(code)
  const restored = seen().indexOf(GIVEN_BACK)
  expect(restored).toBeGreaterThan(0)
  expect(seen().indexOf(`ended by ${kind}`)).toBeGreaterThan(restored)
  expect(seen().lastIndexOf(GIVEN_BACK)).toBe(restored)
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s gives the terminal back', async (signal) => {
  const { pty, sees, exits, seen } = start()
  await sees('<open>')
  process.kill(pty.pid, signal)
  await exits()
  expect(seen()).toContain(GIVEN_BACK)
  expect(seen()).toContain('ended by signal')
})

test('suspended under a shell it leaves the terminal to it, and comes back drawn anew', async () => {
  const { pty, sees, seen, exits } = start(['bash', '--norc', '--noprofile', '-i'])
  await sees('$ ')
  pty.write(`${process.execPath} ${PROGRAM}\r`)
  await sees('<open>')
  pty.write('z')
  await sees('Stopped')
  const stopped = seen().length
  expect(seen().lastIndexOf(GIVEN_BACK)).toBeGreaterThan(seen().lastIndexOf(TAKEN))
  pty.write('fg\r')
  await sees('<repaint>', stopped)
  expect(seen().lastIndexOf(TAKEN)).toBeGreaterThan(stopped)
  pty.write('a')
  await sees('<input "a">', stopped)
  pty.write('q')
  await sees('closed', stopped)
  pty.write('exit\r')
  await exits()
})

test('without a shell to stop it the program comes back by itself', async () => {
  const { pty, sees, seen } = start()
  await sees('<open>')
  pty.write('z')
  await sees('<repaint>')
  expect(seen().lastIndexOf(TAKEN)).toBeGreaterThan(seen().lastIndexOf(GIVEN_BACK))
})

/** A file for notes, and a way to wait for one while the terminal itself is stuck. */
async function createNotes() {
  const folder = await mkdtemp(join(tmpdir(), 'room-terminal-'))
  folders.add(folder)
  const file = join(folder, 'notes')
  await writeFile(file, '')
  const contains = (text: string) =>
    new Promise<void>((resolve) => {
      const watcher = watch(folder, look)
      function look(): void {
        if (!readFileSync(file, 'utf8').includes(text)) return
        watcher.close()
        resolve()
      }
      look()
    })
  return { file, contains }
}

test('a terminal that takes nothing does not stop the program, and is told to be ready later', async () => {
  const notes = await createNotes()
  const { pty, sees } = start([process.execPath, PROGRAM, notes.file])
  await sees('<open>')
  pty.pause()
  pty.write('f')
  await notes.contains('full')
  pty.write('b')
  await notes.contains('key b')
  pty.resume()
  await sees('<ready>')
})

test('a terminal that takes nothing does not keep the program from ending', async () => {
  const notes = await createNotes()
  const { pty, sees, exits } = start([process.execPath, PROGRAM, notes.file])
  await sees('<open>')
  pty.pause()
  pty.write('f')
  await notes.contains('full')
  process.kill(pty.pid, 'SIGTERM')
  await notes.contains('ended')
  pty.resume()
  expect(await exits()).toBeDefined()
})
