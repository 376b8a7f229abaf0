import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { fail } from '../core/errors.ts'
import { settingsDirectoryOf } from '../core/session.ts'
import type { HostConnection, VerbContext } from './context.ts'

/** A rig and where it is. */
export interface Rig {
  readonly name: string
  readonly directory: string
}

/** The rig an operator means: a directory, a rig that sessions work in, or one of the town's folders. */
export async function findRig(context: VerbContext, connection: HostConnection, given: string): Promise<Rig> {
  const path = resolve(context.cwd, given)
  if (await isDirectory(path)) return loadConfig(path).rig
  const rig = await knownRig(context, connection, given)
  if (rig !== undefined) return rig
  return fail('usage.invalid', {
    what: `There is no rig "${given}"; nothing was started`,
    hint: 'Give a directory, the rig of a session, or a folder of the town.',
  })
}

/** The rig of this name that sessions work in, or the folder of the town that has it. */
export async function knownRig(
  { cwd }: VerbContext,
  connection: HostConnection,
  name: string,
): Promise<Rig | undefined> {
  const known = (await connection.listSessions({ rig: name })).at(-1)
  const directory = known === undefined ? undefined : settingsDirectoryOf(known)
  if (directory !== undefined && (await isDirectory(directory))) return { name, directory }
  const { town } = loadConfig(cwd)
  const inTown = town === undefined ? undefined : join(town.root, name)
  return inTown !== undefined && (await isDirectory(inTown)) ? loadConfig(inTown).rig : undefined
}

/** An existing directory as an absolute path. Throws `directory.missing`. */
export async function existingDirectory(cwd: string, directory: string): Promise<string> {
  const path = resolve(cwd, directory)
  return (await isDirectory(path)) ? path : fail('directory.missing', { directory: path })
}

/** Whether there is a directory at this path. */
async function isDirectory(path: string): Promise<boolean> {
  // What cannot be looked at cannot be worked in either.
  const stats = await stat(path).catch(() => undefined)
  return stats?.isDirectory() === true
}
