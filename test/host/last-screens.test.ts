import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionId } from '../../src/core/ids.ts'
import { createFactLog, type FactLog } from '../../src/host/fact-log.ts'
import { type Journal, openJournal } from '../../src/host/journal.ts'
import { createLastScreens, type LastScreens } from '../../src/host/last-screens.ts'
import { createScreen, type Screen } from '../../src/host/terminal/screen.ts'
import { eventually } from '../harness/eventually.ts'
import { aSession } from '../harness/sessions.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../harness/temporary.ts'

const { id } = aSession()

let folder: TemporaryDirectory
let journal: Journal
let facts: FactLog
let screen: Screen
let kept: LastScreens
let logged: string[]
let changed: (id: SessionId) => void

beforeEach(() => {
  folder = temporaryDirectory()
  journal = openJournal(join(folder.path, 'journal.db'), Date.now)
  facts = createFactLog(journal, { now: Date.now, log: () => undefined })
  facts.append({ type: 'session.registered', session: aSession() })
  logged = []
})

afterEach(() => {
  screen.dispose()
  journal.close()
  folder[Symbol.dispose]()
})

/** Keeps what a program shows that printed this. */
async function showing(size: { readonly cols: number; readonly rows: number }, text: string): Promise<void> {
  screen = createScreen({ ...size, reply: () => undefined })
  await show(text)
  kept = createLastScreens({
    directory: join(folder.path, 'screens'),
    facts,
    log: (line, data) => void logged.push(`${line} ${String(data?.['detail'])}`),
    live: {
      get: () => ({ screen }),
      onScreenChange: (listener) => {
        changed = listener
        return () => undefined
      },
    },
  })
}

async function show(text: string): Promise<void> {
  screen.write(text)
  await eventually('it is drawn', () => screen.pendingBytes === 0)
}

/** The program ends, which keeps what it showed. */
function end(): void {
  changed(id)
  facts.append({ type: 'session.exited', id, exit: { code: 0, signal: undefined }, why: 'it ended', failed: false })
}

const files = (): readonly string[] => readdirSync(join(folder.path, 'screens'))
const linesKept = (): readonly string[] =>
  (JSON.parse(readFileSync(join(folder.path, 'screens', `${id}.json`), 'utf8')) as { lines: string[] }).lines

describe('a picture that is too long', () => {
  /** A line in which each character has a colour of its own. */
  const colourful = (cols: number, y: number): string =>
    Array.from({ length: cols }, (_, x) => `\x1b[38;2;${100 + (x % 100)};${100 + y};200;48;2;101;102;103mx`).join('')
  const rowsOf = (count: number, cols: number): string =>
    Array.from({ length: count }, (_, y) => colourful(cols, y)).join('\r\n')

  test('is kept without the lines above the visible ones', async () => {
    await showing({ cols: 120, rows: 20 }, rowsOf(80, 120))
    end()
    await kept.close()
    expect(linesKept()).toEqual(screen.ansi())
    expect(linesKept()).toHaveLength(20)
    expect(logged).toEqual([])
  })

  test('is kept without colours when the visible lines alone are too long', async () => {
    await showing({ cols: 200, rows: 40 }, rowsOf(40, 200))
    end()
    await kept.close()
    expect(linesKept()).toEqual(screen.text())
    expect(linesKept()[39]).toBe('x'.repeat(200))
    expect(logged).toEqual([])
  })

  test('is logged when even that is too long', async () => {
    await showing({ cols: 1000, rows: 270 }, Array.from({ length: 270 }, () => 'y'.repeat(1000)).join('\r\n'))
    end()
    await kept.close()
    expect(files()).toEqual([])
    expect(logged).toEqual([expect.stringMatching(/^screen\.not-kept .*characters/)])
  })
})

test('a session that is removed while its picture is being written leaves nothing', async () => {
  await showing({ cols: 80, rows: 24 }, 'last words')
  end()
  facts.append({ type: 'session.removed', id })
  await kept.close()
  expect(files()).toEqual([])
  expect(logged).toEqual([])
})

test('of two pictures that are kept at the same moment the newer one is there', async () => {
  await showing({ cols: 80, rows: 24 }, 'first words')
  end()
  await show('\r\nand then others')
  end()
  end()
  await kept.close()
  expect(linesKept()).toEqual(['first words', 'and then others'])
  expect(files()).toEqual([`${id}.json`])
  expect(logged).toEqual([])
})
