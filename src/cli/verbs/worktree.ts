import { fail } from '../../core/errors.ts'
import type { WorktreeInfo } from '../../core/worktree.ts'
import type { HostConnection } from '../context.ts'
import type { Output } from '../print.ts'
import { rowText, tableText } from '../table.ts'
import { argumentAt, hasOption, type VerbHandler, type VerbInput } from '../verb-input.ts'

/** Lists, removes and restores the worktrees of sessions. */
export const worktree: VerbHandler = async (context, input) => {
  const action = argumentAt(input, 0)
  if (action === 'list') return list(await context.connect())
  if (action === 'remove') return remove(await context.connect(), input)
  if (action === 'restore') return restore(await context.connect(), input)
  return fail('usage.invalid', { what: `worktree takes list, remove or restore, not "${action}"` })
}

async function list(connection: HostConnection): Promise<Output> {
  const all = await connection.listWorktrees()
  const rows = all.map(({ rig, name, status, branch, dirtyFiles, ahead, archive, path }) => [
    `${rig}/${name}`,
    status,
    branch,
    String(dirtyFiles ?? '?'),
    String(ahead ?? '?'),
    archive ?? path,
  ])
  const text = all.length === 0 ? 'There are no worktrees.' : tableText(HEADER, rows)
  return { json: all, text }
}

const HEADER = ['NAME', 'STATUS', 'BRANCH', 'UNCOMMITTED', 'AHEAD', 'PATH']

async function remove(connection: HostConnection, input: VerbInput): Promise<Output> {
  const name = argumentAt(input, 1)
  const { archive } = await connection.removeWorktree(name, { isForced: hasOption(input, 'force') })
  const text = archive === null ? `removed  ${name}` : `removed  ${name}  archived in ${archive}`
  return { json: { removed: name, archive }, text }
}

async function restore(connection: HostConnection, input: VerbInput): Promise<Output> {
  const restored = await connection.restoreWorktree(argumentAt(input, 1))
  return { json: restored, text: restoredText(restored) }
}

function restoredText({ rig, name, branch, path }: WorktreeInfo): string {
  return rowText(['restored', `${rig}/${name}`, branch, path])
}
