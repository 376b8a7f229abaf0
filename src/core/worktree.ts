import type { SessionId } from './ids.ts'

/** What a worktree has that nothing else has. */
export interface WorktreeChanges {
  /** Changed and new files that are not committed; a new folder counts as one. */
  readonly dirtyFiles: number
  /** Commits that neither a remote nor the branch it was made from has. */
  readonly ahead: number
}

/** `live`: a session works in it; `kept`: its session has ended; `missing`: its folder is gone; `archived`: removed, and can be restored. */
export type WorktreeStatus = 'live' | 'kept' | 'missing' | 'archived'

/** A worktree that was made for a session. */
export interface WorktreeInfo {
  readonly id: string
  readonly status: WorktreeStatus
  readonly rig: string
  readonly role: string
  readonly name: string
  readonly branch: string
  readonly path: string
  /** The directory that it was made from. */
  readonly source: string
  /** The session it was made for, while that is in the list. */
  readonly session: SessionId | null
  /** Null when it cannot be looked at. */
  readonly dirtyFiles: number | null
  readonly ahead: number | null
  /** Where the archive is. */
  readonly archive: string | null
  /** ISO 8601. */
  readonly madeAt: string
}

/** Looking after worktrees. */
export interface WorktreeVerbs {
  listWorktrees(): Promise<readonly WorktreeInfo[]>
  /**
   * Removes a worktree and, when it is still in the list, its ended session. Refused when a session works in it, and when it
   * has something that nothing else has: `isForced` archives that first. Resolves with the archive, if there had to be one.
   */
  removeWorktree(id: string, options?: { readonly isForced?: boolean }): Promise<{ readonly archive: string | null }>
  /** Makes a worktree from an archive. */
  restoreWorktree(id: string): Promise<WorktreeInfo>
}
