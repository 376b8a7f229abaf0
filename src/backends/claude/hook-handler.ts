import type { Emitter } from '../../core/emitter.ts'
import type { AgentPort, HookHandler } from '../backend.ts'
import type { Observation } from './activity-state.ts'
import type { HeldRequests } from './held-requests.ts'
import { readHook, textOf } from './hooks.ts'
import { hookRaw } from './raw.ts'
import { createRequestReader } from './request-reader.ts'
import type { TypingGate } from './typing-gate.ts'

/** What the hooks of one session feed. */
export interface HookTargets {
  readonly workDir: string
  readonly held: HeldRequests
  readonly gate: TypingGate
  readonly port: AgentPort
  /** Prompts the agent has confirmed. */
  readonly prompted: Emitter<string>
  refresh(): void
  apply(seen: Observation): void
  /** Something was done; the transcript at this path tells what it cost. */
  onProgress(transcript: string | undefined): void
}

/** Handles the hooks of one session: a request for permission is held until somebody answers, all else is replied to at once. */
export function createHookHandler(targets: HookTargets): HookHandler {
  const { held, apply, port, gate } = targets
  const requests = createRequestReader(targets.workDir)
  return async (body, signal) => {
    // The file first: a change that it has not been asked about yet must not be taken for one that comes later.
    targets.refresh()
    port.trace(hookRaw(body))
    const asked = requests.read(body)
    if (asked !== undefined) {
      gate.toolDecided(asked.callId)
      gate.asked(asked.subagent)
      const reply = held.hold(asked)
      signal.addEventListener('abort', () => {
        if (held.find(asked.key) !== undefined) apply({ type: 'dropped', key: asked.key })
      })
      apply({ type: 'hook', event: { type: 'asked', request: asked } })
      return reply
    }
    gate.goesOn(textOf(body['agent_id']))
    const event = readHook(body)
    if (event === undefined) return {}
    if (event.type === 'prompted') targets.prompted.emit(event.prompt)
    apply({ type: 'hook', event })
    if (event.type === 'stopped' && event.text !== '') port.emit({ type: 'replied', text: event.text })
    const call = textOf(body['tool_use_id'])
    if (event.type === 'tool-started') await gate.letBegin(call ?? event.tool)
    if (event.type === 'tool-ended') gate.toolDecided(call)
    targets.onProgress(textOf(body['transcript_path']))
    return {}
  }
}
