import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionId } from '../../src/core/ids.ts'
import { DEFAULT_NOTIFICATIONS, type NotificationSettings } from '../../src/core/room-settings.ts'
import { agentEnvironment } from '../../src/host/environment.ts'
import { createFactLog, type FactLog } from '../../src/host/fact-log.ts'
import { openJournal } from '../../src/host/journal.ts'
import { createNeedHook, type NeedHook } from '../../src/host/need-hook.ts'
import { eventually } from '../harness/eventually.ts'
import { type FleetBuilder, fleetBuilder } from '../harness/fleets.ts'
import { createProcessClock, type ManualProcessClock } from '../harness/process-clock.ts'
import { isRunning } from '../harness/processes.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../harness/temporary.ts'

let folder: TemporaryDirectory
let closers: (() => void)[] = []

beforeEach(() => {
  folder = temporaryDirectory()
})

afterEach(() => {
  for (const close of closers.reverse()) close()
  closers = []
  folder[Symbol.dispose]()
})

/** A script of the operator's, as the argv that runs it. */
function script(...lines: readonly string[]): readonly string[] {
  const file = join(folder.path, 'hook.sh')
  writeFileSync(file, ['#!/bin/sh', `cd ${folder.path}`, ...lines, ''].join('\n'))
  chmodSync(file, 0o755)
  return [file]
}

/** Writes what it is told into a file of its own, whole or not at all. */
const RECORD = ['cat > $$.part', 'env > env.txt', 'mv $$.part $$.told'] as const

interface Watched {
  readonly builder: FleetBuilder
  readonly facts: FactLog
  readonly clock: ManualProcessClock
  readonly hook: NeedHook
  readonly logged: readonly string[]
  /** The operator types into this one. */
  focus(id: SessionId | undefined): void
  apply(settings: Partial<NotificationSettings>): void
  /** What the builder was told since becomes facts, and their second passes. */
  happen(): void
}

/** Everything that `before` has done is older than the hook. */
function watched(command: readonly string[], before: (builder: FleetBuilder) => void = () => undefined): Watched {
  const builder = fleetBuilder()
  const journal = openJournal(join(folder.path, 'journal.db'), Date.now)
  const facts = createFactLog(journal, { now: Date.now, log: () => undefined })
  const clock = createProcessClock()
  const logged: string[] = []
  let settings: NotificationSettings = { ...DEFAULT_NOTIFICATIONS, command }
  let focused: SessionId | undefined
  before(builder)
  facts.append(...builder.since(0).map(({ fact }) => fact))
  const hook = createNeedHook({
    facts,
    clock,
    settings: () => settings,
    isFocused: (id) => id === focused,
    env: agentEnvironment({ PATH: process.env['PATH'], SIGNALBOX_STATE: '/state', MINE: 'kept' }),
    log: (line, data) => void logged.push(`${line} ${String(data?.['detail'])}`),
    now: () => new Date(2026, 0, 5, 12, 0).getTime(),
  })
  closers.push(
    () => journal.close(),
    () => hook.close(),
  )
  return {
    ...{ builder, facts, clock, hook, logged },
    focus: (id) => {
      focused = id
    },
    apply: (changes) => {
      settings = { ...settings, ...changes }
    },
    happen: () => {
      for (const { fact } of builder.since(facts.fleet.seq)) facts.append(fact)
      clock.pass(1000)
    },
  }
}

interface Told {
  readonly session: Readonly<Record<string, string>>
  readonly need: Readonly<Record<string, unknown>>
  readonly at: string
}

const filesOf = (ending: string): readonly string[] => readdirSync(folder.path).filter((name) => name.endsWith(ending))

function told(count: number): Promise<readonly Told[]> {
  return eventually(`${count} hooks were told`, () => {
    const files = filesOf('.told')
    return files.length === count && files.map((name) => JSON.parse(readFileSync(join(folder.path, name), 'utf8')))
  })
}

/** The process ids that hooks have written down. */
function pids(count: number): Promise<readonly number[]> {
  return eventually(`${count} hooks have started`, () => {
    if (filesOf('pids').length === 0) return false
    const lines = readFileSync(join(folder.path, 'pids'), 'utf8').trim().split('\n')
    return lines.length === count && lines.map(Number)
  })
}

describe('the hook', () => {
  test('is told of each new need on its standard input, in the environment of agents', async () => {
    const watch = watched(script(...RECORD), (builder) => builder.asks(builder.session('old')))
    const id = watch.builder.session('toast', { rig: 'web', role: 'polecat' })
    watch.builder.asks(id, { body: 'rm "x"\n\x1b[31m' })
    watch.happen()
    watch.happen()
    const [only] = await told(1)
    expect(only).toEqual({
      session: { id, name: 'toast', rig: 'web', role: 'polecat', backend: 'claude', workDir: '/srv/api' },
      need: { ...watch.builder.fleet.sessions[id]!.need },
      at: new Date(2026, 0, 5, 12, 0).toISOString(),
    })
    const env = readFileSync(join(folder.path, 'env.txt'), 'utf8')
    expect(env).toContain('MINE=kept')
    expect(env).not.toContain('SIGNALBOX_')
    expect(watch.logged).toEqual([])
  })

  test('is not started for a session that is typed into or put aside, an unwanted kind, or in quiet hours', async () => {
    const watch = watched(script(...RECORD))
    const [toast, nux] = ['toast', 'nux'].map((name) => watch.builder.session(name)) as [SessionId, SessionId]
    watch.focus(toast)
    watch.builder.asks(toast)
    watch.happen()
    watch.builder.apply({ type: 'session.snoozed', id: nux, snooze: {}, why: 'by the operator' })
    watch.builder.asks(nux)
    watch.happen()
    watch.focus(undefined)
    watch.apply({ kinds: ['plan'] })
    watch.builder.asks(toast)
    watch.happen()
    watch.apply({ kinds: ['question'], quietHours: { from: 11 * 60, to: 13 * 60 } })
    watch.builder.asks(toast, { kind: 'question' })
    watch.happen()
    watch.apply({ quietHours: { from: 13 * 60, to: 11 * 60 } })
    watch.builder.asks(toast, { kind: 'question', title: 'the only one' })
    watch.happen()
    expect((await told(1)).map(({ need }) => need['title'])).toEqual(['the only one'])
  })

  test('runs three times at once at most; what is answered before its turn is told to nobody', async () => {
    const watch = watched(script('echo $$ >> pids', 'exec sleep 1000'))
    const ids = Array.from({ length: 5 }, (_, index) => watch.builder.session(`agent-${index}`))
    for (const id of ids) watch.builder.asks(id)
    watch.happen()
    const first = await pids(3)
    const { need } = watch.builder.fleet.sessions[ids[3]!]!
    watch.builder.apply({ type: 'session.need-cleared', id: ids[3]!, needId: need!.id, outcome: 'answered' })
    watch.happen()
    watch.clock.pass(10_000)
    const all = await pids(4)
    expect(first.filter(isRunning)).toEqual([])
    expect(isRunning(all[3]!)).toBe(true)
    expect(watch.logged).toEqual(['need-hook.failed it took longer than 10 s and was ended'])
    watch.hook.close()
    await eventually('the last one has ended', () => !isRunning(all[3]!))
  })

  test('ends with everything that it has started', async () => {
    const watch = watched(script('sleep 1000 &', 'echo $! >> pids', 'echo $$ >> pids', 'wait'))
    watch.builder.asks(watch.builder.session('toast'))
    watch.happen()
    const started = await pids(2)
    expect(started.every(isRunning)).toBe(true)
    watch.clock.pass(10_000)
    await eventually('both have ended', () => started.every((pid) => !isRunning(pid)))
  })

  test('need not read what it is told', async () => {
    const watch = watched(script('exec <&-', 'echo $$ >> pids'))
    watch.builder.asks(watch.builder.session('toast'), { body: 'x'.repeat(1_000_000) })
    watch.happen()
    const [pid] = await pids(1)
    await eventually('it has ended', () => !isRunning(pid!))
    expect(watch.logged).toEqual([])
  })

  test.each([
    ['a program that is not there', ['/nowhere/hook'], 'ENOENT'],
    ['a name that is none', ['hook\0'], 'null bytes'],
    ['a failure of its own', ['sh', '-c', 'exit 3'], 'it ended with 3'],
  ])('that fails is logged once: %s', async (_, command, detail) => {
    const watch = watched(command)
    const id = watch.builder.session('toast')
    for (let round = 0; round < 3; round++) {
      watch.builder.asks(id)
      watch.happen()
    }
    await eventually('the failure is logged', () => watch.logged.length > 0)
    // A hook that works comes after the others: they have ended by then.
    watch.apply({ command: script(...RECORD) })
    watch.builder.asks(id)
    watch.happen()
    await told(1)
    expect(watch.logged).toEqual([expect.stringContaining(detail)])
  })

  test('is none without a command', () => {
    const watch = watched([])
    watch.apply({ command: undefined as never })
    watch.builder.asks(watch.builder.session('toast'))
    watch.happen()
    expect(watch.logged).toEqual([])
  })
})
