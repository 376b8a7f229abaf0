import { ControlError, fail } from '../core/errors.ts'
import type { NeedId, SessionId } from '../core/ids.ts'
import type { Answer, Need, NeedOutcome } from '../core/need.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSession } from './live-session.ts'

export interface AnswersOptions {
  readonly facts: FactLog
  /** Throws when the session has no agent any more. */
  readonly requireLive: (id: SessionId) => LiveSession
}

/** Who answers first, wins; who comes second hears `need.gone`. */
export interface Answers {
  /** Resolves when the agent has taken the answer. */
  answer(id: SessionId, wanted: NeedId, answer: Answer): Promise<void>
}

/** The one way by which answers reach agents: one at a time for each session. */
export function createAnswers({ facts, requireLive }: AnswersOptions): Answers {
  const underWay = new Map<SessionId, Promise<void>>()

  function shownNeed(id: SessionId, wanted: NeedId): Need {
    const session = facts.fleet.sessions[id] ?? fail('session.not-found', { name: id })
    const { need, agentName: name } = session
    return need?.id === wanted ? need : fail('need.gone', { name })
  }

  async function give(id: SessionId, wanted: NeedId, answer: Answer): Promise<void> {
    const need = shownNeed(id, wanted)
    if (!need.answers.includes(answer.kind)) {
      fail('need.unanswerable', { name: facts.fleet.sessions[id]?.agentName, answer: answer.kind, kind: need.kind })
    }
    const live = requireLive(id)
    live.note({ source: 'operator', what: `answer ${answer.kind}`, detail: need.key })
    try {
      if (need.isAfterTurn === true && answer.kind === 'text') await live.agent.deliver(answer.text, () => undefined)
      else await live.agent.answer(need, answer)
    } catch (error) {
      // The agent itself does not ask that any more: what would end the need was never heard.
      if (error instanceof ControlError && error.code === 'need.gone') clear(id, wanted, 'withdrawn')
      throw error
    }
    clear(id, wanted, 'answered')
  }

  function clear(id: SessionId, wanted: NeedId, outcome: NeedOutcome): void {
    if (facts.fleet.sessions[id]?.need?.id !== wanted) return
    facts.append({ type: 'session.need-cleared', id, needId: wanted, outcome })
  }

  return {
    async answer(id, wanted, answer) {
      shownNeed(id, wanted)
      const before = underWay.get(id)
      // Whether the one before was taken shows in the need, which is looked at again.
      const turn = (before ?? Promise.resolve()).catch(() => undefined).then(() => give(id, wanted, answer))
      underWay.set(id, turn)
      try {
        await turn
      } finally {
        if (underWay.get(id) === turn) underWay.delete(id)
      }
    },
  }
}
