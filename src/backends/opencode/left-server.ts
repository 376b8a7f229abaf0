import type { BackendContext } from '../backend.ts'
import { findNoted, forgetServer, type NotedServer } from './noted-server.ts'
import { adoptServer } from './server.ts'

/** Ends the server that a host before this one left running, by the note in its directory; there may be none. */
export async function endLeftServer(directory: string, log: BackendContext['log']): Promise<void> {
  const noted = await findNoted(directory)
  if (noted === undefined) await forgetServer(directory)
  else await endNoted(directory, noted, log)
}

/** Ends a noted server and forgets its note. */
export async function endNoted(directory: string, noted: NotedServer, log: BackendContext['log']): Promise<void> {
  await adoptServer(noted).stop()
  await forgetServer(directory)
  log('a server that an earlier host left behind was ended', { pid: noted.pid })
}
