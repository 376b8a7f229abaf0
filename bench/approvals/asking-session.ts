import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionId } from '../../src/core/ids.ts'
import type { Need } from '../../src/core/need.ts'
import { type FleetWatch, watchFleet } from '../../test/harness/fleet-watch.ts'
import { type Lab, startLab } from '../../test/harness/lab.ts'
import { createRandom, type Random } from '../random.ts'
import { type BenchHost, startBenchHost } from '../rooms.ts'

/** A host, the scripted model and what is known of the fleet, for all trials of a run. */
export interface Arena extends AsyncDisposable {
  readonly lab: Lab
  readonly host: BenchHost
  readonly watch: FleetWatch
  readonly random: Random
}

/** Opens the place where trials are made. */
export async function openArena(seed: number): Promise<Arena> {
  const lab = await startLab()
  const host = await startBenchHost(lab.env)
  const watch = await watchFleet(host.client)
  return {
    lab,
    host,
    watch,
    random: createRandom(seed),
    [Symbol.asyncDispose]: async () => {
      watch[Symbol.dispose]()
      await host[Symbol.asyncDispose]()
      await lab[Symbol.asyncDispose]()
    },
  }
}

/** Starts a session that is idle. */
export async function startIdle(arena: Arena, backend: string, agentName: string): Promise<SessionId> {
  const { lab, host, watch } = arena
  const workDir = lab.project
  const id = await host.client.spawnSession({ backend, role: 'crew', rig: 'bench', agentName, workDir })
  await watch.rests(id)
  return id
}

/** Whether the command that makes this file was run. */
export function wasRun({ lab }: Arena, file: string): boolean {
  return existsSync(join(lab.project, file))
}

/** Denies what is asked, with a reason, so that every agent's turn goes on; whether it was still asked. */
export async function deny({ host }: Arena, id: SessionId, need: Need): Promise<boolean> {
  return host.client.answer(id, need.id, { kind: 'deny', text: 'Not that one.' }).then(
    () => true,
    () => false,
  )
}
