import type { Config } from '../config/load.ts'
import { rulesOf } from '../config/rules.ts'
import { toControlError } from '../core/errors.ts'
import { IDENTITY_VARIABLES } from '../core/identity.ts'
import { roleRules } from '../core/rules.ts'
import type { Session } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'
import { endProcessesOf } from './leftovers.ts'
import type { Log } from './log.ts'
import type { Places } from './places.ts'
import type { WorktreePlan } from './worktree-making.ts'
import type { Preparation } from './worktrees.ts'

/** What making a session's worktree has to do with. */
export interface TreeOptions {
  readonly places: Places
  readonly facts: FactLog
  readonly env: Readonly<Record<string, string>>
  readonly log: Log
}

/** Makes the worktree of a session that is about to start, and prepares it as its role wants. */
export async function makeTree(
  tree: WorktreePlan,
  about: { readonly session: Session; readonly config: Config; readonly env: Readonly<Record<string, string>> },
  { places, facts, env }: TreeOptions,
): Promise<void> {
  const { session, config } = about
  const branch = await places.worktrees.make(tree, preparationOf(session, config, { ...env, ...about.env }))
  if (branch === session.branch) return
  facts.append({ type: 'session.branch-changed', id: session.id, branch, dirtyFiles: 0, ahead: 0 })
}

/** Makes the worktree of a session whole that a host before this one was killed over, once nothing prepares it any more. */
export async function finishTree(
  session: Session,
  config: Config,
  { places, env }: Pick<TreeOptions, 'places' | 'env'>,
) {
  const { records, finish } = places.worktrees
  if (records.get(session.id)?.isUnfinished) await endProcessesOf(session.id)
  await finish(session, preparationOf(session, config, env))
}

/** What prepares the worktree is marked as its agent will be, so that a later host knows whose it is; it speaks for nobody. */
function preparationOf(session: Session, config: Config, env: TreeOptions['env']): Preparation {
  const { session: mark, token } = IDENTITY_VARIABLES
  const { [token]: _, ...others } = env
  const command = roleRules(rulesOf(config), session.role).setUp
  return { command, env: { ...others, [mark]: session.id } }
}

/** Takes back the worktree of a session that did not start. What is left of it can be removed later. */
export async function takeBack({ record }: WorktreePlan, { places, log }: TreeOptions): Promise<void> {
  try {
    await places.worktrees.undo(record.id)
  } catch (error) {
    log('worktree.left', { path: record.path, detail: toControlError(error).message })
  }
}
