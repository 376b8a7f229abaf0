import type { OpenRequest } from '../backends/backend.ts'
import type { Config } from '../config/load.ts'
import { rulesOf } from '../config/rules.ts'
import { missingHooks, runtimeOf } from '../config/runtime.ts'
import { warningText } from '../config/settings-file.ts'
import { roleRules } from '../core/rules.ts'
import type { Session } from '../core/session.ts'

/** What the settings say about how an agent is started. */
export interface SpawnManner {
  readonly asked: Pick<OpenRequest, 'instructions' | 'permissions' | 'runtime'>
  /** Settings that have no effect, one line for each. */
  readonly notes: readonly string[]
}

/** How the role and the rig of a session want it to be started; nothing where they say nothing. */
export function spawnManner(session: Pick<Session, 'role' | 'backend'>, config: Config): SpawnManner {
  const { prompt, permissions } = roleRules(rulesOf(config), session.role)
  const runtime = runtimeOf(config, session.backend)
  const missing = missingHooks(config, session.backend)
  return {
    asked: {
      ...(prompt === undefined ? {} : { instructions: prompt }),
      ...(permissions === undefined ? {} : { permissions }),
      ...(runtime === undefined ? {} : { runtime }),
    },
    notes: [...config.warnings, ...(missing === undefined ? [] : [missing])].map(warningText),
  }
}
