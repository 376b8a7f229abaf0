import { randomUUID } from 'node:crypto'
import type { AgentPort } from '../../src/backends/backend.ts'
import { createEmitter, type Emitter } from '../../src/core/emitter.ts'
import { needId } from '../../src/core/ids.ts'
import type { Need, NeedKind } from '../../src/core/need.ts'
import { createScope } from '../../src/core/scope.ts'
import type { Activity, Exit, Size } from '../../src/core/session.ts'
import type { Signal } from '../../src/core/signals.ts'
import { openHookServer } from './hook-server.ts'
import { createTestScreen, startTestProcess, type TestProcess, type TestScreen } from './test-screen.ts'

/** An `AgentPort` with real parts (pseudo-terminal, emulator, loopback hook server), and what a test sees through it. */
export interface TestPort extends AsyncDisposable {
  readonly port: AgentPort
  readonly signals: readonly Signal[]
  /** As a host would keep it. */
  readonly need: () => Need | undefined
  readonly activity: () => Activity
  readonly pid: () => number | undefined
  readonly exit: () => Exit | undefined
  /** The visible rows of the process' terminal or of the canvas. */
  readonly picture: () => string
  readonly type: (text: string) => void
  /** What an operator's half-typed line does: `whyNotType` gives this reason until it is undefined again. */
  readonly setDraft: (why: string | undefined) => void
  /** Resolves when the condition holds; looked at after every signal and every change on the screen. */
  readonly until: (what: string, condition: () => boolean, timeoutMs?: number) => Promise<void>
  readonly untilSignal: <Type extends Signal['type']>(
    type: Type,
    condition?: (signal: Extract<Signal, { type: Type }>) => boolean,
  ) => Promise<Extract<Signal, { type: Type }>>
  /** Resolves when nothing has been drawn for so long: a program that has just drawn a dialog may not listen to it yet. */
  readonly untilQuiet: (quietMs?: number) => Promise<void>
  /** Ends the process as a host does: SIGTERM, then SIGKILL. */
  readonly end: () => Promise<void>
}

/** Needs that stand as a dialog before the prompt; an error or a limit leaves the prompt free. */
const DIALOGS: readonly NeedKind[] = ['permission', 'question', 'plan', 'login']

const untilWithinMs = 30_000

/** A port for one agent. Disposing closes the scope, ends the process and the hook server. */
export function createTestPort(size: Size = { cols: 120, rows: 40 }): TestPort {
  const changed = createEmitter<void>()
  const screen = createTestScreen(size)
  screen.drawn.on(() => changed.emit())
  const record = createRecord(changed)
  const { port, process, close } = createPort(screen, record)
  const describe = () =>
    [screen.rows().join('\n').trimEnd(), ...record.signals.map((each) => JSON.stringify(each)), ...record.log].join(
      '\n',
    )
  const until = createUntil(changed, describe)
  const end = async () => process()?.end()
  return {
    port,
    signals: record.signals,
    need: record.need,
    activity: record.activity,
    pid: () => (process()?.isAlive() === true ? process()?.terminal.pid : undefined),
    exit: () => record.signals.findLast((signal) => signal.type === 'exited')?.exit,
    picture: () => screen.rows().join('\n').trimEnd(),
    type: (text) => process()?.type(text),
    setDraft: record.setDraft,
    until,
    untilSignal: async (type, condition = () => true) => {
      type Wanted = Extract<Signal, { type: typeof type }>
      const find = () => record.signals.find((each): each is Wanted => each.type === type && condition(each as Wanted))
      await until(`a signal of type ${type}`, () => find() !== undefined)
      return find()!
    },
    untilQuiet: (quietMs = 400) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          stop()
          resolve()
        }, quietMs)
        const stop = screen.drawn.on(() => timer.refresh())
      }),
    end,
    [Symbol.asyncDispose]: async () => {
      port.scope.close()
      await end()
      await close()
      screen.emulator.dispose()
    },
  }
}

interface Record {
  readonly signals: Signal[]
  readonly log: string[]
  readonly emit: (signal: Signal) => void
  readonly need: () => Need | undefined
  readonly activity: () => Activity
  readonly whyNotType: () => string | undefined
  readonly setDraft: (why: string | undefined) => void
}

/** What a host would know from the signals. */
function createRecord(changed: Emitter<void>): Record {
  const signals: Signal[] = []
  let need: Need | undefined
  let activity: Activity = 'unknown'
  let draft: string | undefined
  const asks = () => (need !== undefined && DIALOGS.includes(need.kind) ? `it asks for ${need.kind}` : undefined)
  return {
    signals,
    log: [],
    need: () => need,
    activity: () => activity,
    whyNotType: () => draft ?? asks(),
    setDraft: (why) => {
      draft = why
    },
    emit: (signal) => {
      signals.push(signal)
      if (signal.type === 'ready') activity = 'idle'
      if (signal.type === 'activity') activity = signal.activity
      if (signal.type === 'need') need = { ...signal.need, id: needId(randomUUID()), raisedAt: Date.now() }
      if (signal.type === 'need-gone' && need?.key === signal.key) need = undefined
      changed.emit()
    },
  }
}

function createPort(screen: TestScreen, record: Record) {
  const closers: (() => Promise<void>)[] = []
  let process: TestProcess | undefined
  const port: AgentPort = {
    scope: createScope(),
    emit: record.emit,
    trace: (raw) => record.log.push(`trace ${JSON.stringify(raw)}`),
    startProcess: async (plan) => {
      process = startTestProcess(plan, screen, (exit) => {
        record.emit({ type: 'exited', exit, why: `exit ${exit.code ?? exit.signal}` })
      })
      return process.terminal
    },
    canvas: {
      size: screen.size,
      write: screen.write,
      clear: () => screen.write('\x1b[3J\x1b[2J\x1b[H'),
      onResize: () => () => undefined,
    },
    openHooks: async (handler) => {
      const server = await openHookServer(handler)
      closers.push(server.close)
      return server.channel
    },
    whyNotType: record.whyNotType,
    log: (line, data) => record.log.push(`${line} ${JSON.stringify(data ?? {})}`),
  }
  const close = async () => {
    await Promise.all(closers.map((each) => each()))
  }
  return { port, process: () => process, close }
}

function createUntil(changed: Emitter<void>, describe: () => string): TestPort['until'] {
  return (what, condition, timeoutMs = untilWithinMs) =>
    new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer)
        stop()
        finish()
      }
      const look = () => {
        if (condition()) settle(resolve)
      }
      const timer = setTimeout(() => {
        settle(() => reject(new Error(`not within ${timeoutMs} ms: ${what}\n${describe()}`)))
      }, timeoutMs)
      const stop = changed.on(look)
      look()
    })
}
