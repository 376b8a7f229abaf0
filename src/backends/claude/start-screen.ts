import type { AgentPort, Terminal } from '../backend.ts'
import type { Observation } from './activity-state.ts'
import { bottomLines, promptOn, type ScreenRule, startDialog } from './screen-rules.ts'

/** A start that shows something, changes nothing and is not ready for so long waits for somebody. */
const STUCK_START_MS = 5000

const UNKNOWN_DIALOG: ScreenRule = { kind: 'question', title: 'Start-up dialog', pattern: /./ }

/** Watches the screen until the agent is ready: for its prompt, and for a dialog that stands before it. */
export function watchStart(
  terminal: Terminal,
  port: AgentPort,
  monitor: { readonly isReady: () => boolean; readonly apply: (seen: Observation) => void },
): void {
  let stuck: NodeJS.Timeout | undefined
  const look = (isStuck: boolean) => {
    if (monitor.isReady()) return stop()
    const lines = terminal.lines()
    const hasPrompt = promptOn(lines) !== undefined
    const body = bottomLines(lines)
    const unknown = isStuck && body !== '' ? UNKNOWN_DIALOG : undefined
    const dialog = hasPrompt ? undefined : (startDialog(lines) ?? unknown)
    monitor.apply({ type: 'screen', hasPrompt, dialog, body })
    clearTimeout(stuck)
    if (!isStuck) stuck = setTimeout(() => look(true), STUCK_START_MS).unref()
  }
  const release = port.scope.add(terminal.onChange(() => look(false)))
  const stop = () => {
    clearTimeout(stuck)
    release()
  }
  port.scope.add(() => clearTimeout(stuck))
  look(false)
}
