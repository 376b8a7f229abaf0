import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'

const record = z.object({ pid: z.number().int().positive(), port: z.number().int().positive() })
const run = promisify(execFile)

/** Where the running server is noted, so that a host that comes after a crash finds it. */
const fileIn = (directory: string) => join(directory, 'server.json')

/** Notes the running server (0600). */
export async function noteServer(
  directory: string,
  server: { readonly pid: number; readonly port: number },
): Promise<void> {
  const { pid, port } = server
  await writeFile(fileIn(directory), `${JSON.stringify({ pid, port })}\n`, { mode: 0o600 })
}

/** Forgets the note; there may be none. */
export async function forgetServer(directory: string): Promise<void> {
  await rm(fileIn(directory), { force: true })
}

/**
 * Ends the server that a crashed host left behind, so that it does not go on with turns that nobody sees. Only a process that
 * still is that very server is touched. Resolves with its pid, undefined when there was none.
 */
export async function endLeftover(directory: string): Promise<number | undefined> {
  const noted = await readNote(directory)
  if (noted === undefined) return undefined
  await forgetServer(directory)
  const command = await commandOf(noted.pid)
  const isOurs = / serve .*--port (\d+)/.exec(command)?.[1] === String(noted.port)
  if (!isOurs) return undefined
  try {
    process.kill(-noted.pid, 'SIGKILL')
  } catch {
    // It ended by itself just now.
    return undefined
  }
  return noted.pid
}

async function readNote(directory: string): Promise<z.infer<typeof record> | undefined> {
  try {
    return record.parse(JSON.parse(await readFile(fileIn(directory), 'utf8')))
  } catch {
    // No note, or one that is broken: nothing can be said about a leftover.
    return undefined
  }
}

/** The command line of a process, its arguments separated by spaces; empty when there is no such process. */
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
