import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'

const record = z.object({ pid: z.number().int().positive(), port: z.number().int().positive(), password: z.string() })
const run = promisify(execFile)

/** A server as it is noted: which process it is, and what opens it. */
export type NotedServer = z.infer<typeof record>

/** Where the running server is noted, so that a host that comes after a crash finds it. */
const fileIn = (directory: string) => join(directory, 'server.json')

/** Notes the running server (0600, in a directory of 0700: the password is as safe as in the server's own environment). */
export async function noteServer(directory: string, server: NotedServer): Promise<void> {
  const { pid, port, password } = server
  await writeFile(fileIn(directory), `${JSON.stringify({ pid, port, password })}\n`, { mode: 0o600 })
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

/** Whether this process is the server on this port, and neither gone nor another program that got its number. */
export async function isThatServer({ pid, port }: Pick<NotedServer, 'pid' | 'port'>): Promise<boolean> {
  return / serve .*--port (\d+)/.exec(await commandOf(pid))?.[1] === String(port)
}

async function readNote(directory: string): Promise<NotedServer | undefined> {
  try {
    return record.parse(JSON.parse(await readFile(fileIn(directory), 'utf8')))
  } catch {
    // No note, or one that is broken: nothing can be said about an earlier server.
    return undefined
  }
}

/** The command line of a process, its arguments separated by spaces; empty when there is no such process, or only its remains. */
async function commandOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
  } catch {
    // Not Linux, or no such process: ps tells both.
    return run('ps', ['-o', 'command=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    )
  }
}
