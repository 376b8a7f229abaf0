import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { parseProcessStat } from '../../core/process-stat.ts'

const record = z.object({
  pid: z.number().int().positive(),
  start: z.string(),
  port: z.number().int().positive(),
  password: z.string(),
})
const run = promisify(execFile)

/** Ticks of /proc count from the start of the system; this names it. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id'
const ZOMBIE = 'Z'

/** A server as it is noted: which process it is, and what opens it. */
export type NotedServer = z.infer<typeof record>

/** Where the running server is noted, so that a host that comes after a crash finds it. */
const fileIn = (directory: string) => join(directory, 'server.json')

/** Notes the running server (0600, in a directory of 0700: the password is as safe as in the server's own environment). */
export async function noteServer(directory: string, server: Omit<NotedServer, 'start'>): Promise<void> {
  const { pid, port, password } = server
  const start = await startOf(pid)
  // It ended already: there is nothing to be found later.
  if (start === undefined) return
  await writeFile(fileIn(directory), `${JSON.stringify({ pid, start, port, password })}\n`, { mode: 0o600 })
}

/** Forgets the note; there may be none. */
export async function forgetServer(directory: string): Promise<void> {
  await rm(fileIn(directory), { force: true })
}

/** The server that a host before this one left running; only a process that still is that very server. */
export async function findNoted(directory: string): Promise<NotedServer | undefined> {
  const noted = await readNote(directory)
  return noted !== undefined && (await isThatServer(noted)) ? noted : undefined
}

/** Whether it still runs, and its number was not given to another process. */
export async function isThatServer({ pid, start }: Pick<NotedServer, 'pid' | 'start'>): Promise<boolean> {
  return (await startOf(pid)) === start
}

async function readNote(directory: string): Promise<NotedServer | undefined> {
  try {
    return record.parse(JSON.parse(await readFile(fileIn(directory), 'utf8')))
  } catch {
    // No note, or one that is broken: nothing can be said about an earlier server.
    return undefined
  }
}

/**
 * When a process started, for good: after the next start of the system as well. Undefined when there is none, or only its remains.
 * Its command would not do: it is empty for a moment each time that the process becomes another program.
 */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const { isZombie, start } = parseProcessStat(await readFile(`/proc/${pid}/stat`, 'latin1'))
    return isZombie ? undefined : `${start} ${(await readFile(BOOT_ID, 'latin1')).trim()}`
  } catch {
    // Not Linux, or no such process: ps tells both, here always in the same words.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' }
    const looked = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env }).catch(() => ({ stdout: '' }))
    const [, state = ZOMBIE, start = ''] = /^\s*(\S)\S*\s+(.+?)\s*$/.exec(looked.stdout) ?? []
    return state === ZOMBIE ? undefined : start
  }
}
