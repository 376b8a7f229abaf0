import { fail } from '../core/errors.ts'
import type { SessionId } from '../core/ids.ts'
import type { Orchestrator, SnoozeLength } from '../core/orchestrator.ts'
import type { Session } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'
import { createSnoozeAlarm } from './snooze-alarm.ts'

export interface AttentionOptions {
  readonly facts: FactLog
  readonly now: () => number
}

type AttentionVerbs = 'markRead' | 'markUnread' | 'snooze' | 'setFavourite' | 'setUrgent'

/** What the operator wants to look at first, and what not for now. Each method rejects with `session.not-found`. */
export interface Attention extends Pick<Orchestrator, AttentionVerbs> {
  close(): void
}

/** Keeps the operator's marks on sessions; those that were put aside come back by themselves, also after a restart. */
export function createAttention({ facts, now }: AttentionOptions): Attention {
  const alarm = createSnoozeAlarm({ facts, now })

  function find(id: SessionId): Session {
    return facts.fleet.sessions[id] ?? fail('session.not-found', { name: id })
  }

  return {
    async markRead(id) {
      if (find(id).unread) facts.append({ type: 'session.read', id })
    },
    async markUnread(id) {
      if (!find(id).unread) facts.append({ type: 'session.marked-unread', id })
    },
    async snooze(id, length) {
      find(id)
      if (length === undefined) return alarm.wake(id, 'by the operator')
      const until = endOf(length, now())
      facts.append({
        type: 'session.snoozed',
        id,
        snooze: until === undefined ? {} : { until },
        why: 'by the operator',
      })
    },
    async setFavourite(id, isFavourite) {
      if ((find(id).isFavourite === true) !== isFavourite) facts.append({ type: 'session.favoured', id, isFavourite })
    },
    async setUrgent(id, isUrgent) {
      if ((find(id).isUrgent === true) !== isUrgent) facts.append({ type: 'session.urged', id, isUrgent })
    },
    close: () => alarm.close(),
  }
}

function endOf(length: SnoozeLength, now: number): number | undefined {
  if (length === 'until-change') return undefined
  if (Number.isFinite(length.ms) && length.ms > 0) return now + length.ms
  return fail('usage.invalid', { what: `A session cannot be put aside for ${length.ms} ms` })
}
