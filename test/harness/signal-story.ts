import type { Fact } from '../../src/core/facts.ts'
import { judgeSilence, silenceFacts } from '../../src/core/freshness.ts'
import { type InterpretContext, interpret } from '../../src/core/interpret.ts'
import type { Session } from '../../src/core/session.ts'
import { isCurrent, type Signal } from '../../src/core/signals.ts'

/** Something that happens to a session, as the host hears it. */
export type StoryStep =
  /** Its agent says something; the one of this launch unless another is given. */
  | { readonly say: Signal; readonly generation?: number }
  /** Nothing has been heard for so long. */
  | { readonly quietMs: number }
  /** The operator answers what is asked, and the agent takes it. */
  | { readonly answered: true }
  | { readonly exit: { readonly code: number }; readonly why: string; readonly failed: boolean }
  | { readonly relaunch: number }

/** What a host concludes from a step: it hears only the running agent of the newest launch. */
export function factsOfStep(
  session: Session,
  step: StoryStep,
  context: InterpretContext & { readonly hasSignals: boolean },
): readonly Fact[] {
  const { id, generation } = session
  if ('say' in step)
    return isCurrent(session, step.generation ?? generation) ? interpret(session, step.say, context) : []
  if ('quietMs' in step) {
    const { hasSignals } = context
    return silenceFacts(session, judgeSilence(session, { quietMs: step.quietMs, hasSignals }), context)
  }
  if ('relaunch' in step) return [{ type: 'session.relaunched', id, generation: step.relaunch, why: 'resuming' }]
  if ('exit' in step) {
    const exit = { code: step.exit.code, signal: undefined }
    return [{ type: 'session.exited', id, exit, why: step.why, failed: step.failed }]
  }
  const needId = session.need?.id
  return needId === undefined ? [] : [{ type: 'session.need-cleared', id, needId, outcome: 'answered' }]
}
