import type { OpenRequest } from '../backends/backend.ts'
import type { Config } from '../config/load.ts'
import { rulesOf } from '../config/rules.ts'
import { missingHooks, runtimeOf } from '../config/runtime.ts'
import { roleRules } from '../core/rules.ts'
import type { Session } from '../core/session.ts'
import type { Log } from './log.ts'

/** What the settings say about how an agent is started. */
export type SpawnManner = Pick<OpenRequest, 'instructions' | 'permissions' | 'runtime'>

/** How the role and the rig of a session want it to be started; nothing where they say nothing. */
export function spawnManner(session: Pick<Session, 'role' | 'backend'>, config: Config, log: Log): SpawnManner {
  const { prompt, permissions } = roleRules(rulesOf(config), session.role)
  const runtime = runtimeOf(config, session.backend)
  const missing = missingHooks(config, session.backend)
  if (missing !== undefined) log('settings.warning', { ...missing })
  return {
    ...(prompt === undefined ? {} : { instructions: prompt }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(runtime === undefined ? {} : { runtime }),
  }
}
