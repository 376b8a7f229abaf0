import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

const record = z.object({
  /** The id of the session it was made for, or its own for a restored one. */
  id: z.string(),
  rig: z.string(),
  role: z.string(),
  name: z.string(),
  /** Its root; a real path. */
  path: z.string(),
  branch: z.string(),
  /** The directory it was made from. */
  source: z.string(),
  /** The repository's own folder, shared by all its worktrees. */
  repository: z.string(),
  /** The commit it was made from, and the branch that this was the tip of. */
  base: z.string(),
  baseRef: z.string().nullable(),
  /** ISO 8601. */
  madeAt: z.string(),
  /** It is being made or prepared; what a host leaves that is killed meanwhile. */
  isUnfinished: z.literal(true).exactOptional(),
})

/** What is written down of a worktree before it is made: only what is in here is ever removed. */
export type WorktreeRecord = Readonly<z.infer<typeof record>>

/** Reads a record; undefined when it is none. */
export function readRecord(value: unknown): WorktreeRecord | undefined {
  return record.safeParse(value).data
}

/** The records of this host, one file for each. */
export interface WorktreeRecords {
  list(): readonly WorktreeRecord[]
  get(id: string): WorktreeRecord | undefined
  write(record: WorktreeRecord): void
  forget(id: string): void
}

/** The records in this folder; it is made with the first one. */
export function createWorktreeRecords(directory: string): WorktreeRecords {
  const known = new Map(readAll(directory).map((each) => [each.id, each]))
  const fileOf = (id: string): string => join(directory, `${id}.json`)
  return {
    list: () => [...known.values()].sort((a, b) => (a.madeAt < b.madeAt ? -1 : 1)),
    get: (id) => known.get(id),
    write(each) {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      writeWhole(fileOf(each.id), each)
      known.set(each.id, each)
    },
    forget(id) {
      rmSync(fileOf(id), { force: true })
      known.delete(id)
    },
  }
}

/** Writes a JSON file so that nobody ever sees half of it. */
export function writeWhole(file: string, value: unknown): void {
  writeFileSync(`${file}.part`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.part`, file)
}

/** A JSON file's value; undefined when there is none or it is not JSON. */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // What cannot be read is not ours to act on.
    return undefined
  }
}

function readAll(directory: string): readonly WorktreeRecord[] {
  return filesIn(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readRecord(readJsonFile(join(directory, name))) ?? [])
}

/** Names in a folder, none when there is no folder. */
export function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    // No folder yet.
    return []
  }
}
