import { type ConfigSource, createConfigSource } from '../config/config-source.ts'
import type { Paths } from '../config/paths.ts'
import { watchBranches } from './branch-watch.ts'
import type { FactLog } from './fact-log.ts'
import type { Log } from './log.ts'
import { createWorktrees, type Worktrees, type WorktreesOptions } from './worktrees.ts'

/** Where this host keeps worktrees and what was in them, and what the operator trusts. */
export type WorktreePaths = Pick<Paths, 'worktrees' | 'worktreeRecords' | 'archive' | 'trust'>

export interface PlacesOptions extends Pick<WorktreesOptions, 'env' | 'now' | 'newId' | 'setUpDeadlineMs'> {
  readonly paths: WorktreePaths
  readonly log: Log
  readonly facts: FactLog
}

/** The directories that sessions work in: their settings, and the worktrees among them. */
export interface Places extends ConfigSource {
  readonly worktrees: Worktrees
  /** Ends what is being prepared, and looks at no worktree any more. */
  close(): void
}

/** The places of one host. For a directory in a worktree the settings of where that was made from hold. */
export function createPlaces(options: PlacesOptions): Places {
  const { paths, log, now } = options
  const source = createConfigSource({
    trustFile: paths.trust,
    now,
    onInvalid: (detail) => log('settings.invalid', { detail }),
  })
  const worktrees = createWorktrees({
    ...options,
    worktreesDir: paths.worktrees,
    recordsDir: paths.worktreeRecords,
    archiveDir: paths.archive,
  })
  const stopWatching = watchBranches({ ...options, worktrees })
  return {
    worktrees,
    close() {
      stopWatching()
      worktrees.close()
    },
    config: (directory) => source.config(worktrees.sourceOf(directory)),
    rules: (directory) => source.rules(worktrees.sourceOf(directory)),
  }
}
