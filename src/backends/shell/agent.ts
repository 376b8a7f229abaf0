import { fail } from '../../core/errors.ts'
import type { Agent, AgentPort, Terminal } from '../backend.ts'

/** Output within this time means that the program works. */
const QUIET_AFTER_MS = 2000

/** A program that ends sooner than this did not start: a wrong flag, a missing file. */
const STARTED_AFTER_MS = 150

/** One program of which only its output is known. It is ready once it has run for a moment. */
export function createShellAgent(name: string, terminal: Terminal, port: AgentPort): Agent {
  let quiet: NodeJS.Timeout | undefined
  let isWorking = false
  const rest = () => {
    isWorking = false
    const why = `no output for ${QUIET_AFTER_MS / 1000} s`
    port.trace({ source: 'silence', what: why })
    port.emit({ type: 'activity', activity: 'idle', why, source: 'silence' })
  }
  const stir = () => {
    // One timer for a whole burst: a flood of output must not make a flood of timers.
    if (quiet === undefined) quiet = setTimeout(rest, QUIET_AFTER_MS).unref()
    else quiet.refresh()
    if (isWorking) return
    isWorking = true
    port.trace({ source: 'silence', what: 'output' })
    port.emit({ type: 'activity', activity: 'working', why: 'output comes in', source: 'silence' })
  }
  const starting = setTimeout(() => {
    if (!isRunning(terminal.pid)) return
    port.trace({ source: 'process', what: `process ${terminal.pid} runs` })
    port.emit({ type: 'ready', why: 'the program runs', source: 'process' })
    port.scope.add(terminal.onChange(stir))
    stir()
  }, STARTED_AFTER_MS)
  port.scope.add(() => {
    clearTimeout(starting)
    clearTimeout(quiet)
  })
  return {
    async deliver(text, report) {
      const typed = typedText(text, terminal.hasBracketedPaste)
      if (typed === undefined) fail('message.empty')
      const why = port.whyNotType()
      if (why !== undefined) fail('message.unsafe', { name, why })
      terminal.write(new TextEncoder().encode(typed))
      report('injected')
      terminal.write(new TextEncoder().encode('\r'))
      report('submitted')
    },
    async answer(need, answer) {
      fail('need.unanswerable', { name, answer: answer.kind, kind: need.kind })
    },
    async interrupt() {
      fail('message.unsafe', { name, why: 'it is unknown which key would interrupt this program' })
    },
    async close() {
      // The program ends on the host's signal, or when its terminal closes; there is nothing to ask it.
    },
  }
}

/** The exit itself is told a little later than the process is gone. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    // No such process any more.
    return false
  }
}

/** A text as keys: pasted when the program asked for that, else typed. Undefined when nothing is left of it. */
export function typedText(text: string, hasBracketedPaste: boolean): string | undefined {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(/\s+$/, '')
  if (clean.trim() === '') return undefined
  return hasBracketedPaste ? `\x1b[200~${clean}\x1b[201~` : clean.replaceAll('\n', '\r')
}
