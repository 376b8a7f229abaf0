import type { Envelope, Fact } from '../../src/core/facts.ts'
import { EMPTY_FLEET, type Fleet } from '../../src/core/fleet.ts'
import { needId, type SessionId, sessionId } from '../../src/core/ids.ts'
import type { Need } from '../../src/core/need.ts'
import { reduce } from '../../src/core/reduce.ts'
import { DEFAULT_SIZE, type Session } from '../../src/core/session.ts'

/** The time at which every test fleet starts. */
export const START = Date.UTC(2026, 0, 5, 9, 30, 0)

/** Builds fleets the way hosts do: by reducing facts. */
export interface FleetBuilder {
  readonly fleet: Fleet
  /** Applies a fact `afterMs` after the one before and returns its envelope. */
  apply(fact: Fact, afterMs?: number): Envelope
  /** The facts after a sequence number. */
  since(seq: number): readonly Envelope[]
  /** Registers a session that is ready and idle. */
  session(name: string, about?: Partial<Session>): SessionId
  working(id: SessionId, why: string): Envelope
  asks(id: SessionId, about?: Partial<Need>): Envelope
}

/** A builder with an empty fleet and three backends. */
export function fleetBuilder(): FleetBuilder {
  let fleet = EMPTY_FLEET
  let at = START
  let count = 0
  const envelopes: Envelope[] = []

  function apply(fact: Fact, afterMs = 1000): Envelope {
    at += afterMs
    const envelope = { seq: fleet.seq + 1, at, fact }
    fleet = reduce(fleet, envelope)
    envelopes.push(envelope)
    return envelope
  }

  return {
    get fleet() {
      return fleet
    },
    apply,
    since: (seq) => envelopes.filter((envelope) => envelope.seq > seq),
    session(name, about = {}) {
      count += 1
      const id = sessionId(`01SESSION${String(count).padStart(17, '0')}`)
      apply({ type: 'session.registered', session: newSession(id, name, { startedAt: at, ...about }) })
      apply({ type: 'session.ready', id, why: 'ready', source: 'hook' })
      return id
    },
    working: (id, why) => apply({ type: 'session.activity-changed', id, activity: 'working', why, source: 'hook' }),
    asks(id, about = {}) {
      count += 1
      return apply({
        type: 'session.need-raised',
        id,
        need: newNeed(`need-${count}`, at + 1000, about),
        source: 'hook',
      })
    },
  }
}

/** The facts that name the backends of this machine. */
export function addBackends(builder: FleetBuilder): void {
  const ready = { status: 'ready', detail: 'found' } as const
  builder.apply({
    type: 'backend.changed',
    backend: 'claude',
    health: { ...ready, version: '2.1.0', program: '/usr/bin/claude' },
  })
  const missing = { status: 'unavailable', detail: 'the program opencode was not found' } as const
  builder.apply({ type: 'backend.changed', backend: 'opencode', health: missing })
  builder.apply({ type: 'backend.changed', backend: 'shell', health: { ...ready, version: 'bash' } })
}

/** Many sessions: every fifth asks something, the others work or are idle. */
export function crowd(count: number): FleetBuilder {
  const builder = fleetBuilder()
  addBackends(builder)
  for (let index = 0; index < count; index++) {
    const id = builder.session(`agent-${index}`, { rig: ['api', 'web', 'docs'][index % 3] ?? 'api' })
    if (index % 5 === 0) builder.asks(id)
    else if (index % 5 < 3) builder.working(id, 'editing src/main.ts')
  }
  return builder
}

function newSession(id: SessionId, name: string, about: Partial<Session>): Session {
  return {
    id,
    generation: 1,
    backend: 'claude',
    role: 'crew',
    agentName: name,
    rig: 'api',
    workDir: '/srv/api',
    args: [],
    host: 'here',
    state: 'starting',
    activity: 'unknown',
    why: 'starting',
    source: 'host',
    since: START,
    startedAt: START,
    size: DEFAULT_SIZE,
    workUnits: [],
    queuedMessages: 0,
    unread: false,
    ...about,
  }
}

function newNeed(id: string, raisedAt: number, about: Partial<Need>): Need {
  return {
    id: needId(id),
    key: id,
    kind: 'permission',
    title: 'Bash',
    body: 'rm -rf dist && npm run build',
    options: [],
    always: 'rm in dist/',
    answers: ['allow', 'always', 'deny'],
    raisedAt,
    ...about,
  }
}
