import type { Envelope } from '../core/facts.ts'
import type { SessionId } from '../core/ids.ts'
import type { FactLog } from './fact-log.ts'
import type { Log } from './log.ts'
import type { Worktrees } from './worktrees.ts'

export interface BranchWatchOptions {
  readonly facts: FactLog
  readonly log: Log
  readonly worktrees: Worktrees
}

/** Looks at the worktree of a session whenever it comes to rest, and records what has changed. Returns how to end that. */
export function watchBranches(options: BranchWatchOptions): () => void {
  const looking = new Set<SessionId>()
  const again = new Set<SessionId>()
  let isOver = false
  const look = async (id: SessionId): Promise<void> => {
    if (looking.has(id)) {
      again.add(id)
      return
    }
    looking.add(id)
    try {
      await record(id, options, () => isOver)
    } finally {
      looking.delete(id)
    }
    if (again.delete(id)) await look(id)
  }
  const stop = options.facts.onFact(({ fact }) => {
    const id = restingSession(fact)
    if (id === undefined || options.worktrees.records.get(id) === undefined) return
    look(id).catch((error: unknown) => options.log('worktree.unknown', { id, detail: String(error) }))
  })
  return () => {
    isOver = true
    stop()
  }
}

function restingSession(fact: Envelope['fact']): SessionId | undefined {
  if (fact.type === 'session.exited') return fact.id
  return fact.type === 'session.activity-changed' && fact.activity === 'idle' ? fact.id : undefined
}

async function record(id: SessionId, { facts, worktrees }: BranchWatchOptions, isOver: () => boolean): Promise<void> {
  const { branch, dirtyFiles, ahead } = await worktrees.changes(id)
  const session = facts.fleet.sessions[id]
  // The host, or the session, may have gone while git was looking.
  if (isOver() || session === undefined) return
  const { changes } = session
  if (session.branch === branch && changes?.dirtyFiles === dirtyFiles && changes.ahead === ahead) return
  facts.append({ type: 'session.branch-changed', id, branch, dirtyFiles, ahead })
}
