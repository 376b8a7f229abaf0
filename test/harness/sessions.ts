import { needId, sessionId } from '../../src/core/ids.ts'
import type { Need } from '../../src/core/need.ts'
import { DEFAULT_SIZE, type Session } from '../../src/core/session.ts'

/** A running, idle session; change what the test is about. */
export function aSession(change: Partial<Session> = {}): Session {
  return {
    id: sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    generation: 1,
    backend: 'claude',
    role: 'crew',
    agentName: 'toast',
    rig: 'api',
    workDir: '/tmp/api',
    args: [],
    host: 'here',
    state: 'running',
    activity: 'idle',
    why: 'ready',
    source: 'status-file',
    since: 1_000,
    startedAt: 1_000,
    size: DEFAULT_SIZE,
    workUnits: [],
    queuedMessages: 0,
    unread: false,
    ...change,
  }
}

/** A permission that can be answered from outside. */
export function aNeed(change: Partial<Need> = {}): Need {
  return {
    id: needId('01BX5ZZKBKACTAV9WEVGEMMVRZ'),
    key: 'request-1',
    kind: 'permission',
    title: 'Bash',
    body: 'rm -rf dist',
    options: [],
    answers: ['allow', 'always', 'deny'],
    raisedAt: 2_000,
    ...change,
  }
}
