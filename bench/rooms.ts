import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '../src/client/client.ts'
import { connectHost } from '../src/client/connect.ts'
import { pathsFrom } from '../src/config/paths.ts'
import type { SessionId } from '../src/core/ids.ts'
import type { Size } from '../src/core/session.ts'
import { openSite, PROGRAM, type Site } from '../test/harness/site.ts'
import { type Outer, openOuter } from './outer.ts'

/** A running host of its own with a client in this process. */
export interface BenchHost extends AsyncDisposable {
  readonly site: Site
  readonly client: Client
  readonly pid: number
  /** Starts a program in a terminal; resolves when it runs. */
  readonly shell: (name: string, command: string, size?: Size) => Promise<SessionId>
  /** Opens the room as an operator does. */
  readonly openRoom: (...args: readonly string[]) => Outer
}

/** Starts a host. Disposing stops it, its sessions and everything else that was started from its folder. */
export async function startBenchHost(env: Readonly<Record<string, string>> = {}): Promise<BenchHost> {
  const site = await openSite({ SIGNALBOX_TEST: '', ...env })
  await site.run('host', 'start')
  const pid = site.hostPid()
  if (pid === undefined) throw new Error(`the host did not start:\n${site.hostLog()}`)
  const client = await connectHost({
    paths: pathsFrom({ env: site.env, homeDirectory: site.folder, platform: process.platform }),
    version: ownVersion(),
  })
  const shell: BenchHost['shell'] = (agentName, command, size) =>
    client.spawnSession({
      backend: 'shell',
      role: 'crew',
      rig: 'bench',
      agentName,
      workDir: site.project,
      args: ['sh', '-c', command],
      ...(size === undefined ? {} : { size }),
    })
  return {
    site,
    client,
    pid,
    shell,
    openRoom: (...args) =>
      openOuter({ file: process.execPath, args: [PROGRAM, ...args], env: site.env, cwd: site.project }),
    [Symbol.asyncDispose]: async () => {
      client.close()
      await site[Symbol.asyncDispose]()
    },
  }
}

function ownVersion(): string {
  const file = join(import.meta.dirname, '../package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}
