import { sep } from 'node:path'
import { fail } from '../core/errors.ts'
import { sessionsOf } from '../core/fleet.ts'
import { type SessionId, sessionId } from '../core/ids.ts'
import { isLive, type Session } from '../core/session.ts'
import type { WorktreeInfo, WorktreeVerbs } from '../core/worktree.ts'
import type { HostParts } from './host-parts.ts'
import type { Archive } from './worktree-archive.ts'
import { isThere } from './worktree-place.ts'
import type { WorktreeRecord } from './worktree-records.ts'
import { findNamed } from './worktree-restore.ts'

/** Looking after worktrees. */
export function worktreeVerbs(parts: HostParts): WorktreeVerbs {
  const { worktrees } = parts.places
  return {
    async listWorktrees() {
      const known = await Promise.all(worktrees.records.list().map((record) => infoOf(record, parts)))
      return [...known, ...kept(worktrees.archives()).map(archivedInfo)]
    },
    async removeWorktree(given, { isForced = false } = {}) {
      const { id } = findNamed(worktrees.records.list(), given)
      return { archive: await removeWithSession(sessionId(id), isForced, parts) }
    },
    async restoreWorktree(given) {
      parts.refuseWhenStopping()
      const archives = kept(worktrees.archives()).map((archive) => ({ ...archive.record, id: archive.id, archive }))
      return infoOf(await worktrees.restore(findNamed(archives, given).archive), parts)
    },
  }
}

/**
 * Takes an ended session from the list, with its worktree if it has one; resolves with the folder of the archive, if there had
 * to be one. Fails with `worktree.*` when the worktree has to stay; then the session stays too.
 */
export async function removeWithSession(id: SessionId, isForced: boolean, parts: HostParts): Promise<string | null> {
  const { live, options, places } = parts
  const { facts } = options
  const path = places.worktrees.records.get(id)?.path
  const checkIdle = (): void => {
    const session = sessionsOf(facts.fleet).find(
      (each) => isLive(each) && (each.id === id || (path !== undefined && worksIn(each, path))),
    )
    if (session !== undefined) fail('worktree.live', { name: session.agentName, path: session.workDir })
  }
  checkIdle()
  const archive = await places.worktrees.remove(id, { isForced, checkIdle })
  live.release(id)
  if (facts.fleet.sessions[id] !== undefined) facts.append({ type: 'session.removed', id })
  return archive
}

/** A fork works where the session that it was made of does, whose worktree that is. */
function worksIn({ workDir }: Session, path: string): boolean {
  return workDir === path || workDir.startsWith(path + sep)
}

/** What can still be restored. */
function kept(archives: readonly Archive[]): readonly Archive[] {
  return archives.filter(({ restoredAt }) => restoredAt === undefined)
}

async function infoOf(record: WorktreeRecord, { options, places }: HostParts): Promise<WorktreeInfo> {
  const session = options.facts.fleet.sessions[sessionId(record.id)]
  const isHere = isThere(record.path)
  const changes = isHere ? await places.worktrees.changes(record.id).catch(() => undefined) : undefined
  return {
    ...aboutRecord(record),
    status: session !== undefined && isLive(session) ? 'live' : isHere ? 'kept' : 'missing',
    branch: changes?.branch ?? record.branch,
    session: session?.id ?? null,
    dirtyFiles: changes?.dirtyFiles ?? null,
    ahead: changes?.ahead ?? null,
    archive: null,
  }
}

function archivedInfo({ id, record, folder, dirtyFiles, ahead }: Archive): WorktreeInfo {
  return { ...aboutRecord(record), id, status: 'archived', session: null, dirtyFiles, ahead, archive: folder }
}

function aboutRecord({ id, rig, role, name, branch, path, source, madeAt }: WorktreeRecord) {
  return { id, rig, role, name, branch, path, source, madeAt }
}
