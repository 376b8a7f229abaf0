import type { Backend } from '../backends/backend.ts'
import type { Paths } from '../config/paths.ts'
import { fail } from '../core/errors.ts'
import type { BackendHealth } from '../core/facts.ts'
import type { SessionId } from '../core/ids.ts'
import { isLive, type Session } from '../core/session.ts'
import { type Answers, createAnswers } from './answers.ts'
import { type Attention, createAttention } from './attention.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import { tidyEndedSessions } from './ended-sessions.ts'
import type { FactLog } from './fact-log.ts'
import type { HookServer } from './hook-server.ts'
import { createIdentities, type Identities, identityKey } from './identities.ts'
import { createLastScreens, type LastScreens } from './last-screens.ts'
import { createLeftovers, type Leftovers } from './leftovers.ts'
import type { LiveSession } from './live-session.ts'
import { LiveSessions, type LiveSessionsOptions } from './live-sessions.ts'
import type { Log } from './log.ts'
import { createMeasuring, type Measuring } from './measuring.ts'
import { createMessages, type Messages } from './messages.ts'
import { createPlaces, type Places, type WorktreePaths } from './places.ts'
import { recoverSessions } from './recovery.ts'
import { createSpawner, type Spawner } from './spawner.ts'
import { createWorkBook, type WorkBook } from './work.ts'
import { createWorkParts, type WorkOptions, type WorkParts } from './work-parts.ts'

export interface HostOptions extends Pick<LiveSessionsOptions, 'clock' | 'stall'>, WorkOptions {
  readonly hostName: string
  readonly version: string
  readonly socket: string
  readonly facts: FactLog
  readonly hooks: HookServer
  readonly backends: readonly Backend[]
  readonly env: Readonly<Record<string, string>>
  readonly log: Log
  readonly now: () => number
  readonly newId: () => string
  readonly newResumeId: () => string
  readonly paths: WorktreePaths & Pick<Paths, 'sessions' | 'screens' | 'identityKey'>
  /** How long the set-up of a worktree may take. */
  readonly setUpDeadlineMs?: number
}

/** What a host is made of, for the verbs that are put together from it. */
export interface HostParts extends Pick<WorkParts, 'pool' | 'rules'>, Pick<Measuring, 'metrics'> {
  readonly options: HostOptions
  readonly backends: Readonly<Record<string, Backend>>
  readonly live: LiveSessions
  readonly deliveries: Deliveries
  readonly messages: Messages
  readonly spawner: Spawner
  readonly work: WorkBook
  readonly attention: Attention
  readonly answers: Answers
  readonly identities: Identities
  readonly lastScreens: LastScreens
  readonly leftovers: Leftovers
  readonly places: Places
  /** Throws `session.not-found`. */
  session(id: SessionId): Session
  /** Throws when there is no such session, or no agent behind it any more. */
  requireLive(id: SessionId): LiveSession
  /** Throws `host.stopping` once the host is ending. */
  refuseWhenStopping(): void
  /** Records what is known of a backend when it says something new. */
  reportHealth(backend: string, health: BackendHealth): void
  /** From now on nothing is started, sent or concluded any more. With a reason, the sessions are cut off: the next host resumes them. */
  beginStop(whyCutOff?: string): void
  /** Brings back what the host before this one left in the middle. */
  recover(): Promise<void>
}

/** Makes the parts, and lets each hear what the others do. */
export function createHostParts(options: HostOptions): HostParts {
  const { facts } = options
  const backends = Object.fromEntries(options.backends.map((backend) => [backend.name, backend]))
  let isStopping = false
  const { session, requireLive } = createLookup(facts, (id) => live.get(id))
  const reportHealth = createHealthReport(facts)
  const live: LiveSessions = new LiveSessions({
    ...{ ...options, backends },
    rules: (directory) => (options.rules ?? places.rules)(directory),
    isStopping: () => isStopping,
    onDraft: (id) => deliveries.pump(id),
    onEnded: (id, why) => deliveries.abandon(id, why),
  })
  const deliveries = createDeliveries({ ...options, live: (id) => live.get(id) })
  const messages = createMessages({ ...options, requireLive, onQueued: (id) => deliveries.pump(id) })
  const work = createWorkBook(options)
  const places = createPlaces(options)
  const standing = createStanding(options, live)
  const spawner = createSpawner({
    ...{ ...options, places, work, backends, identities: standing.identities, onHealth: reportHealth },
    admit: (each, request) => live.admit(each, request),
    release: (id) => live.release(id),
    isStopping: () => isStopping,
    endAgentOf: standing.leftovers.endAgentOf,
  })
  const answers = createAnswers({ facts, requireLive })
  live.cutOff(({ backend }) => whyCutOffBefore(backends[backend]))
  const attention = createAttention(options)
  facts.onFact(({ fact }) => {
    if ('id' in fact) deliveries.pump(fact.id)
  })
  const { closeWork, cancelRestarts, takeOverPlans, ...workParts } = createWorkParts(
    { rules: places.rules, ...options },
    { backends, live, deliveries, messages, spawner, work, reportHealth },
  )
  const { closeMeasuring, metrics } = createMeasuring(options, live, workParts.rules)
  return {
    ...{ ...workParts, ...standing, metrics, places, options, backends, live, deliveries, messages, spawner, work },
    ...{ attention, answers, session, requireLive, reportHealth },
    refuseWhenStopping() {
      if (isStopping) fail('host.stopping')
    },
    async recover() {
      const isNowStopping = () => isStopping
      await recoverSessions({ ...options, ...standing, backends, live, deliveries, spawner, isStopping: isNowStopping })
      takeOverPlans()
    },
    beginStop(whyCutOff) {
      isStopping = true
      if (whyCutOff === undefined) cancelRestarts()
      else live.cutOff(() => whyCutOff)
      closeWork()
      closeMeasuring()
      places.close()
      deliveries.close()
      live.close()
      attention.close()
    },
  }
}

/** What outlasts a host: who its sessions are, what they showed, and what they left behind. */
function createStanding(
  { facts, log, paths }: HostOptions,
  live: LiveSessions,
): Pick<HostParts, 'identities' | 'lastScreens' | 'leftovers'> {
  tidyEndedSessions({ facts, live })
  return {
    identities: createIdentities(identityKey(paths.identityKey)),
    lastScreens: createLastScreens({ facts, log, directory: paths.screens, live }),
    leftovers: createLeftovers({ facts }),
  }
}

function whyCutOffBefore(backend: Backend | undefined): string {
  const canResume = backend?.capabilities.canResume === true
  return canResume ? 'its host ended; it is resumed' : 'its host ended; start it again to go on'
}

function createHealthReport(facts: FactLog): HostParts['reportHealth'] {
  return (backend, health) => {
    if (JSON.stringify(facts.fleet.backends[backend]) === JSON.stringify(health)) return
    facts.append({ type: 'backend.changed', backend, health })
  }
}

/** Finds sessions, and the agents behind them, or says which there is not. */
function createLookup(
  facts: FactLog,
  agentOf: (id: SessionId) => LiveSession | undefined,
): Pick<HostParts, 'session' | 'requireLive'> {
  const session = (id: SessionId): Session => facts.fleet.sessions[id] ?? fail('session.not-found', { name: id })
  return {
    session,
    requireLive(id) {
      const known = session(id)
      const agent = agentOf(id)
      if (isLive(known) && agent !== undefined) return agent
      return fail('session.not-live', { name: known.agentName, state: known.state })
    },
  }
}
