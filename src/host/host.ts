import { addressOf } from '../core/address.ts'
import type { BackendHealth } from '../core/facts.ts'
import { hostHealth } from './host-health.ts'
import { createHostParts, type HostOptions, type HostParts } from './host-parts.ts'
import type { HostService } from './host-service.ts'
import { measureVerbs } from './measuring.ts'
import { messageVerbs } from './message-verbs.ts'
import type { Metrics } from './metrics.ts'
import { screenVerbs } from './screen-verbs.ts'
import { sessionVerbs } from './session-verbs.ts'
import { workVerbs } from './work-verbs.ts'
import { worktreeVerbs } from './worktree-verbs.ts'

/** The host of one machine: owns every session, and is the orchestrator that all clients talk to. */
export interface Host extends HostService {
  /** Records what is known of a backend when it says something new. */
  reportHealth(backend: string, health: BackendHealth): void
  /** Brings back the sessions that the host before this one left in the middle. */
  recover(): Promise<void>
  /** Ends all sessions. With a reason they are cut off, and the next host resumes them. */
  stop(whyCutOff?: string): Promise<void>
  /** What it measures, for those who export it. */
  readonly meter: Metrics
}

/** Puts a host together. Sessions that the journal still calls live were cut off with the host before this one: see `recover`. */
export function createHost(options: HostOptions): Host {
  const parts = createHostParts(options)
  const { facts, now } = options
  const { attention, answers } = parts
  const startedAt = now()
  let stopped: Promise<void> | undefined
  return {
    name: 'host',
    hostName: options.hostName,
    run: options.newId(),
    ...sessionVerbs(parts),
    ...messageVerbs(parts),
    ...screenVerbs(parts),
    ...worktreeVerbs(parts),
    ...workVerbs(parts),
    ...measureVerbs(facts, parts.metrics),
    answer: answers.answer,
    markRead: attention.markRead,
    markUnread: attention.markUnread,
    snooze: attention.snooze,
    setFavourite: attention.setFavourite,
    setUrgent: attention.setUrgent,
    healthCheck: () =>
      hostHealth({
        ...options,
        uptimeMs: now() - startedAt,
        fleet: () => facts.fleet,
        leftovers: parts.leftovers.list,
        report: parts.reportHealth,
      }),
    endLeftovers: parts.leftovers.end,
    async subscribe(listener) {
      listener({ type: 'snapshot', fleet: facts.fleet })
      return facts.onFact((envelope) => listener({ type: 'fact', envelope }))
    },
    isProven: parts.identities.isProven,
    addressOf: (id) => addressOf(parts.session(id)),
    factsSince: (since, limit) => facts.since(since, limit),
    reportHealth: parts.reportHealth,
    meter: parts.metrics,
    recover: parts.recover,
    stop(whyCutOff) {
      stopped ??= stopParts(parts, whyCutOff)
      return stopped
    },
  }
}

async function stopParts(
  { live, backends, lastScreens, beginStop }: HostParts,
  whyCutOff: string | undefined,
): Promise<void> {
  beginStop(whyCutOff)
  await Promise.all(live.all().map((each) => each.terminate(false)))
  await Promise.all(Object.values(backends).map((backend) => backend.shutdown()))
  await lastScreens.close()
  for (const each of live.all()) live.release(each.id)
}
