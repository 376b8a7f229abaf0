import type { Envelope } from '../core/facts.ts'
import type { Fleet } from '../core/fleet.ts'
import type { FactUpdate } from '../core/orchestrator.ts'
import type { Dispose } from '../core/scope.ts'
import type { Result } from '../wire/protocol.ts'
import type { RequestContext } from '../wire/rpc.ts'
import type { HostService } from './host-service.ts'

/** A client that is further behind gets a snapshot: it is shorter. */
const REPLAY_LIMIT = 1000

/** The facts that one connection hears. */
export interface FactFeed {
  /** Starts again after `since`, or after a snapshot; facts are told only once the answer is on its way. */
  open(context: RequestContext, since?: number): Promise<Result<'facts/subscribe'>>
  close(): void
}

type FactSource = Pick<HostService, 'subscribe' | 'factsSince'>

/** Facts of the host for one connection: in order, without a gap, none before the answer that says where they start. */
export function createFactFeed(source: FactSource, tell: (envelope: Envelope) => void): FactFeed {
  let unsubscribe: Dispose | undefined
  let turn = 0

  const close = (): void => {
    turn += 1
    unsubscribe?.()
    unsubscribe = undefined
  }

  return {
    close,
    async open(context, since) {
      close()
      const ownTurn = turn
      const held: Envelope[] = []
      let isReplied = false
      let start: Fleet | undefined
      const hear = (update: FactUpdate): void => {
        if (ownTurn !== turn) return
        if (update.type === 'snapshot') start = update.fleet
        else if (isReplied) tell(update.envelope)
        else held.push(update.envelope)
      }
      const dispose = await source.subscribe(hear)
      // The connection was closed, or subscribed again, meanwhile.
      if (ownTurn !== turn) dispose()
      else unsubscribe = dispose
      context.onReplied(() => {
        isReplied = true
        if (ownTurn === turn) for (const envelope of held.splice(0)) tell(envelope)
      })
      return startOf(source, start, since)
    },
  }
}

function startOf(source: FactSource, fleet: Fleet | undefined, since: number | undefined): Result<'facts/subscribe'> {
  if (fleet === undefined) return {}
  const replay = since === undefined ? undefined : replayTo(source, fleet, since)
  return replay === undefined ? { fleet } : { replay }
}

/** Every fact from `since` up to the snapshot, or undefined when the journal does not hold them all. */
function replayTo(source: FactSource, fleet: Fleet, since: number): readonly Envelope[] | undefined {
  const count = fleet.seq - since
  if (count < 0 || count > REPLAY_LIMIT) return undefined
  const facts = count === 0 ? [] : source.factsSince(since, count)
  const isWhole = facts.length === count && facts.every((envelope, index) => envelope.seq === since + index + 1)
  return isWhole ? facts : undefined
}
