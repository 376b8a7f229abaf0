import type { OpenRequest } from '../backends/backend.ts'
import type { Config } from '../config/load.ts'
import { rulesOf } from '../config/rules.ts'
import { runtimeOf, warningsFor } from '../config/runtime.ts'
import { warningText } from '../config/settings-file.ts'
import { LONGEST_LINE } from '../core/bounds.ts'
import { shortLine } from '../core/plain-text.ts'
import { roleRules } from '../core/rules.ts'
import type { Session } from '../core/session.ts'

/** Settings without effect that are told of. */
const MOST_NOTES = 20

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
  const warnings = warningsFor(config, session.backend)
  return {
    asked: {
      ...(prompt === undefined ? {} : { instructions: prompt }),
      ...(permissions === undefined ? {} : { permissions }),
      ...(runtime === undefined ? {} : { runtime }),
    },
    notes: warnings.slice(0, MOST_NOTES).map((each) => shortLine(warningText(each), LONGEST_LINE)),
  }
}
