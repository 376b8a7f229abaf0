import { fail } from '../../core/errors.ts'
import type { Terminal } from '../backend.ts'
import { when } from '../guarded-paste.ts'
import { lookAt } from './delivery.ts'
import type { Monitor } from './monitor.ts'
import { promptKey } from './prompt-text.ts'
import { promptOn } from './screen-rules.ts'

const STOPPED_WITHIN_MS = 3000
const RETURNED_WITHIN_MS = 400
const DRAWN_WITHIN_MS = 300
/** Two for each line, and a line cannot be shorter than one row of a tall terminal. */
const MOST_CLEARS = 200

/**
 * Stops the running turn with one Esc and waits until the program says so; the caller has made sure that a turn runs. A turn that
 * has said nothing yet is undone altogether: the program puts its prompt back into the prompt box. It is taken out of there, or it
 * would stand before the next message.
 */
export async function interruptTurn(monitor: Monitor, terminal: Terminal, lastPrompt: string): Promise<void> {
  const before = monitor.state().doing
  terminal.write(Uint8Array.of(0x1b))
  const isStopped = await when(monitor, STOPPED_WITHIN_MS, () => {
    const state = monitor.state()
    return !state.isWorking || state.doing !== before
  })
  if (!isStopped) fail('backend.failed', { backend: 'claude', detail: 'the turn went on after Esc' })
  await takeBack(monitor, terminal, promptKey(lastPrompt))
}

async function takeBack(monitor: Monitor, terminal: Terminal, key: string): Promise<void> {
  const holdsIt = () => {
    const shown = promptOn(terminal.lines())
    return shown !== undefined && shown !== '' && lookAt(shown, key) === 'ours'
  }
  if (key === '' || !(await when(terminal, RETURNED_WITHIN_MS, holdsIt))) return
  for (let pressed = 0; pressed < MOST_CLEARS; pressed += 1) {
    const shown = promptOn(terminal.lines())
    // Only letters of that prompt are deleted, and only while no new turn has begun.
    if (shown === undefined || shown === '' || !key.includes(promptKey(shown)) || monitor.state().isWorking) return
    terminal.write(Uint8Array.of(0x15))
    await when(terminal, DRAWN_WITHIN_MS, () => promptOn(terminal.lines()) !== shown)
  }
}
