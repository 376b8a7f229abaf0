import { createEmitter } from '../../core/emitter.ts'
import type { PriceTable } from '../../core/prices.ts'
import type { Signal } from '../../core/signals.ts'
import type { AgentPort, HookHandler, OpenRequest, Terminal } from '../backend.ts'
import { observe } from './activity.ts'
import { type ActivityState, type Observation, startState } from './activity-state.ts'
import { createHeldRequests, type HeldRequests } from './held-requests.ts'
import { createHookHandler } from './hook-handler.ts'
import { observationRaw } from './raw.ts'
import { nothingTold, reportOn } from './report.ts'
import { bottomLines, startDialog } from './screen-rules.ts'
import { createSettler } from './settler.ts'
import { watchStart } from './start-screen.ts'
import type { StatusFiles } from './status-file.ts'
import { createTranscriptReader } from './transcript.ts'
import { createTypingGate, type TypingGate } from './typing-gate.ts'

/** Follows one agent: collects what hooks, status file and screen say, and tells the host what changed. */
export interface Monitor {
  readonly held: HeldRequests
  readonly gate: TypingGate
  state(): ActivityState
  /** Handles one hook; for a request for permission the reply comes when somebody answers. */
  readonly onHook: HookHandler
  apply(seen: Observation): void
  /** Takes what the status file says at this moment. */
  refresh(): void
  /** Starts following the process. */
  attach(terminal: Terminal): void
  onChange(listener: () => void): () => void
  /** Prompts the agent has confirmed. */
  onPrompt(listener: (prompt: string) => void): () => void
}

/** What a monitor works with. */
export interface MonitorParts {
  readonly request: OpenRequest
  readonly port: AgentPort
  readonly files: StatusFiles
  /** Where the program keeps its live status files. */
  readonly statusDirectory: string
  readonly prices?: PriceTable
}

/** A monitor for one agent; everything it holds is released with the port's scope. */
export function createMonitor({ request, port, files, statusDirectory, prices }: MonitorParts): Monitor {
  const held = createHeldRequests()
  const gate = createTypingGate()
  const changed = createEmitter<void>()
  const prompted = createEmitter<string>()
  const counter = createUsageCounter(port, prices)
  const { workDir, resumeId } = request
  let state = startState(resumeId, workDir, request.prompt !== undefined)
  let told = nothingTold(resumeId)
  let terminal: Terminal | undefined
  port.scope.add(() => {
    settler.stop()
    gate.dispose()
    held.releaseAll()
  })

  const apply = (seen: Observation) => {
    if (port.scope.isClosed) return
    state = observe(state, seen)
    if (seen.type === 'status') for (const each of [gate, settler]) each.status(seen.reading)
    if (seen.type === 'answered') for (const each of [gate, settler]) each.answered()
    const report = reportOn(told, state)
    told = report.told
    const isNews = (seen.type !== 'settled' && seen.type !== 'screen') || report.signals.length > 0
    const raw = isNews ? observationRaw(seen) : undefined
    if (raw !== undefined) port.trace(raw)
    tell(report.signals, held, port)
    changed.emit()
    if (seen.type !== 'settled' && seen.type !== 'screen') settler.later()
  }
  const settler = createSettler((isJustAnswered) => {
    refresh()
    const lines = terminal?.lines() ?? []
    apply({ type: 'settled', body: bottomLines(lines), dialog: startDialog(lines), isJustAnswered })
    void counter.count()
  })
  const refresh = () => {
    if (terminal === undefined) return
    const reading = files.read(statusDirectory, terminal.pid)
    if (reading.kind === 'broken' || JSON.stringify(reading) === JSON.stringify(state.reading)) return
    apply({ type: 'status', reading })
  }
  return {
    held,
    gate,
    state: () => state,
    apply,
    refresh,
    onChange: (listener) => changed.on(listener),
    onPrompt: (listener) => prompted.on(listener),
    onHook: createHookHandler({ workDir, held, gate, refresh, apply, prompted, port, onProgress: counter.note }),
    attach(process) {
      terminal = process
      port.scope.add(files.follow(statusDirectory, process.pid, (reading) => apply({ type: 'status', reading })))
      watchStart(process, port, { isReady: () => state.isReady, apply })
    },
  }
}

/** Passes on what is new; a request whose need is over is let go. */
function tell(signals: readonly Signal[], held: HeldRequests, port: AgentPort): void {
  for (const signal of signals) {
    if (signal.type === 'need-gone') held.reply(signal.key)
    port.emit(signal)
  }
}

interface UsageCounter {
  /** Something was done; its transcript is there. */
  note(path: string | undefined): void
  /** Counts what was noted; a little later, for the last lines of a turn are written after its Stop hook. */
  count(): Promise<void>
}

function createUsageCounter(port: AgentPort, prices: PriceTable | undefined): UsageCounter {
  const transcript = createTranscriptReader(prices)
  let uncounted: string | undefined
  let told = ''
  return {
    note(path) {
      uncounted = path ?? uncounted
    },
    async count() {
      const path = uncounted
      uncounted = undefined
      const usage = path === undefined ? undefined : await transcript.read(path)
      const text = JSON.stringify(usage)
      if (usage === undefined || text === told || port.scope.isClosed) return
      told = text
      port.emit({ type: 'used', usage })
    },
  }
}
