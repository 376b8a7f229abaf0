import { fail } from '../../core/errors.ts'
import type { Answer, Need } from '../../core/need.ts'
import type { Agent, Terminal } from '../backend.ts'
import type { ActivityState } from './activity-state.ts'
import { hookReply } from './answers.ts'
import { createDeliveries } from './delivery.ts'
import { interruptTurn } from './interrupt.ts'
import type { Monitor, MonitorParts } from './monitor.ts'
import { isBlocked } from './report.ts'

/** The agent's side of a monitor: everything that is done to it. */
export function createAgent(monitor: Monitor, parts: MonitorParts, terminal: Terminal): Agent {
  const { request, port } = parts
  const name = request.agentName
  const whyNotType = () => {
    const why = port.whyNotType()
    if (why !== undefined) return why
    monitor.refresh()
    return whyBlocked(monitor.state()) ?? monitor.gate.whyNotType()
  }
  const deliveries = createDeliveries({
    name,
    terminal,
    gate: monitor.gate,
    whyNotType,
    isWorking: () => monitor.state().isWorking && !port.scope.isClosed,
    onChange: (listener) => monitor.onChange(listener),
  })
  let lastPrompt = ''
  const stop = monitor.onPrompt((prompt) => {
    lastPrompt = prompt
    deliveries.confirm(prompt)
  })
  port.scope.add(stop)
  return {
    deliver: (text, report) => deliveries.deliver(text, report),
    async answer(need, answer) {
      monitor.refresh()
      answerHeld(monitor, { name, need, answer })
    },
    async interrupt() {
      monitor.refresh()
      const why = whyBlocked(monitor.state()) ?? (monitor.state().isWorking ? undefined : 'it is not working')
      if (why !== undefined) fail('message.unsafe', { name, why })
      await interruptTurn(monitor, terminal, lastPrompt)
    },
    // The program ends cleanly on the host's SIGTERM; a request still held would only delay that.
    async close() {
      monitor.held.releaseAll()
    },
  }
}

function whyBlocked(state: ActivityState): string | undefined {
  if (!state.isReady) return 'it is still starting'
  if (isBlocked(state)) return 'it shows a dialog'
  if (state.reading.kind !== 'found') return 'its state is unknown'
  if (state.reading.status === 'waiting') return `it shows a dialog (${state.reading.waitingFor ?? 'unknown'})`
  return state.isEnded ? 'it is ending' : undefined
}

function answerHeld(
  monitor: Monitor,
  given: { readonly name: string; readonly need: Need; readonly answer: Answer },
): void {
  const { name, need, answer } = given
  const asked = monitor.held.find(need.key)
  const isShown = monitor.state().dialog?.key === need.key || monitor.state().failure?.key === need.key
  if (asked === undefined && !isShown) fail('need.gone', { name })
  const reply = asked === undefined ? undefined : hookReply(asked, answer)
  if (reply === undefined) fail('need.unanswerable', { name, answer: answer.kind, kind: need.kind })
  monitor.held.reply(need.key, reply)
  monitor.apply({ type: 'answered', key: need.key })
}
