import { fail } from '../core/errors.ts'
import { objectOf } from '../core/json.ts'
import type { RequestName } from '../wire/protocol.ts'

/**
 * What a program inside a session may ask for. It may not answer needs (it would approve itself), type into sessions, or
 * end the host: those are the operator's.
 */
const FOR_AGENTS: ReadonlySet<string> = new Set<RequestName>([
  'host/hello',
  'host/health',
  'session/spawn',
  'session/get',
  'session/list',
  'session/assign',
  'session/screen',
  'session/history',
  'session/explain',
  'message/send',
  'message/broadcast',
  'message/mail',
  'message/acknowledge',
  'message/receipt',
  'work/queue',
  'work/end',
  'work/reassign',
  'pool/status',
  'worktree/list',
  'costs/report',
  'metrics/report',
  'facts/subscribe',
  'facts/unsubscribe',
  'facts/list',
])

/**
 * Refuses what only the operator may ask for. That is also a session with arguments or variables of its own: a program that
 * may run nothing but `signalbox` would run any command by it, or an agent that asks nobody.
 */
export function checkForAgents(request: string, params: unknown): void {
  if (!FOR_AGENTS.has(request)) fail('identity.operator-only', { request })
  const { args, env, place } = objectOf(params)
  const own = [args, env, objectOf(place)['args']].filter((each) => Object.keys(each ?? {}).length > 0)
  if (own.length > 0)
    fail('identity.operator-only', { request: `${request} with arguments or variables for its program` })
}
