import type { SessionId } from '../core/ids.ts'
import {
  beginWatch,
  type Call,
  COALESCE_MS,
  type NeedWatch,
  type NotifyMoment,
  noticeNeeds,
  settleNeeds,
} from '../core/notify.ts'
import type { NotificationSettings } from '../core/room-settings.ts'
import type { FactLog } from './fact-log.ts'
import { runHook } from './hook-run.ts'
import type { Log } from './log.ts'
import { PROCESS_CLOCK, type ProcessClock } from './process-clock.ts'

export interface NeedHookOptions {
  readonly facts: FactLog
  /** As they are when it is asked. */
  readonly settings: () => NotificationSettings
  /** Whether the operator types into a session, in any room. */
  readonly isFocused: (id: SessionId) => boolean
  /** The environment of the hook: what agents get. */
  readonly env: Readonly<Record<string, string>>
  readonly log: Log
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly clock?: ProcessClock
}

/** Starts the operator's own command for each need, whether a room is open or not. */
export interface NeedHook {
  close(): void
}

/** Hooks that run at the same time; others wait for their turn. */
const AT_ONCE = 3

/** Watches the needs from now on; those of an earlier run are not told again. */
export function createNeedHook(options: NeedHookOptions): NeedHook {
  return new HookStarter(options)
}

class HookStarter implements NeedHook {
  readonly #options: NeedHookOptions
  readonly #clock: ProcessClock
  readonly #stopListening: () => void
  readonly #running = new Set<() => void>()
  #watch: NeedWatch
  #queue: readonly Call[] = []
  #cancel: (() => void) | undefined
  readonly #logged = new Set<string>()

  constructor(options: NeedHookOptions) {
    this.#options = options
    this.#clock = options.clock ?? PROCESS_CLOCK
    this.#watch = beginWatch(options.facts.fleet)
    this.#stopListening = options.facts.onFact(({ fact }) => {
      if (fact.type === 'session.need-raised') this.#look()
    })
  }

  close(): void {
    this.#stopListening()
    this.#cancel?.()
    this.#queue = []
    for (const kill of this.#running) kill()
  }

  #look(): void {
    this.#watch = noticeNeeds(this.#watch, this.#moment())
    if (this.#watch.waiting.length > 0) this.#cancel ??= this.#clock.after(COALESCE_MS, () => this.#settle())
  }

  #settle(): void {
    this.#cancel = undefined
    const rule = this.#options.settings()
    const date = new Date(this.#options.now())
    const minute = date.getHours() * 60 + date.getMinutes()
    const settled = settleNeeds(this.#watch, this.#moment(), { rule, minute })
    this.#watch = settled.watch
    this.#queue = [...this.#queue, ...settled.calls]
    this.#startNext()
  }

  #startNext(): void {
    const { command } = this.#options.settings()
    if (command === undefined) this.#queue = []
    while (command !== undefined && this.#running.size < AT_ONCE) {
      const [call, ...others] = this.#queue
      if (call === undefined) return
      this.#queue = others
      if (this.#stands(call)) this.#start(call, command)
    }
  }

  /** What was answered while it waited for its turn is told to nobody. */
  #stands({ session, need }: Call): boolean {
    return this.#options.facts.fleet.sessions[session.id]?.need?.id === need.id
  }

  #start(call: Call, argv: readonly string[]): void {
    const { env, now } = this.#options
    const kill = runHook({
      argv,
      env,
      clock: this.#clock,
      input: `${JSON.stringify(payloadOf(call, now()))}\n`,
      onEnd: (problem) => {
        this.#running.delete(kill)
        this.#report(argv, problem)
        this.#startNext()
      },
    })
    this.#running.add(kill)
  }

  /** The same failure again and again is one line of the log. */
  #report(argv: readonly string[], problem: string | undefined): void {
    const mark = JSON.stringify([argv, problem])
    if (problem === undefined || this.#logged.has(mark)) return
    this.#logged.add(mark)
    this.#options.log('need-hook.failed', { command: argv[0], detail: problem })
  }

  #moment(): NotifyMoment {
    const { facts, isFocused } = this.#options
    return { fleet: facts.fleet, isFocused }
  }
}

function payloadOf({ session, need }: Call, now: number): object {
  const { id, agentName, rig, role, backend, workDir } = session
  return { session: { id, name: agentName, rig, role, backend, workDir }, need, at: new Date(now).toISOString() }
}
