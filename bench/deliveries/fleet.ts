import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionId } from '../../src/core/ids.ts'
import { queuedReceipt, type Receipt } from '../../src/core/message.ts'
import { type RunningHost, startTestHost, testPaths } from '../../test/contract/running-host.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../../test/harness/temporary.ts'
import { type FrailAgent, frailBackend, type Ledger } from './frail-agent.ts'
import type { Random } from './random.ts'

/** A host full of frail agents that can lose its power. */
export interface FrailFleet extends AsyncDisposable {
  readonly host: () => RunningHost
  readonly ids: readonly SessionId[]
  agentOf(id: SessionId): FrailAgent
  /** The host dies at this moment; another one starts from what is on the disk, and its sessions are resumed. */
  loseHost(): Promise<void>
}

/** Starts so many sessions. */
export async function startFrailFleet(
  count: number,
  parts: { readonly ledger: Ledger; readonly random: Random },
): Promise<FrailFleet> {
  const agents = new Map<string, FrailAgent>()
  const directories: TemporaryDirectory[] = []
  const ids: SessionId[] = []
  const start = async (directory: TemporaryDirectory): Promise<RunningHost> => {
    directories.push(directory)
    const backend = frailBackend(parts, (agent) => agents.set(agent.name, agent))
    const started = await startTestHost({ backends: [backend], directory })
    const note = (receipt: Receipt): void => void parts.ledger.receipts.set(receipt.id, receipt)
    for (const { receipt } of Object.values(started.facts.fleet.deliveries)) note(receipt)
    started.facts.onFact(({ fact }) => {
      if (fact.type === 'message.queued') note(queuedReceipt(fact.message))
      if (fact.type === 'message.advanced') note(fact.receipt)
    })
    return started
  }
  let running = await start(temporaryDirectory())
  for (let index = 0; index < count; index += 1) {
    const request = { backend: 'frail', agentName: `agent-${index}`, rig: 'bench', workDir: running.workDir }
    ids.push(await running.host.spawnSession(request))
  }
  return {
    host: () => running,
    ids,
    agentOf(id) {
      const name = running.facts.fleet.sessions[id]?.agentName ?? ''
      const agent = agents.get(name)
      if (agent === undefined) throw new Error(`there is no agent ${name}`)
      return agent
    },
    async loseHost() {
      const dying = running
      const next = temporaryDirectory()
      copyJournal(dying, next)
      for (const agent of agents.values()) agent.crash()
      await dying[Symbol.asyncDispose]()
      running = await start(next)
      for (const id of ids) await running.host.resume(id)
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      for (const directory of directories) directory[Symbol.dispose]()
    },
  }
}

/** What a crash would leave: the database as it is at this moment, with the log of what is not in it yet. */
function copyJournal({ paths }: RunningHost, to: TemporaryDirectory): void {
  const target = testPaths(join(to.path, 's'))
  mkdirSync(target.stateDirectory, { recursive: true, mode: 0o700 })
  for (const end of ['', '-wal', '-shm'])
    if (existsSync(paths.journal + end)) copyFileSync(paths.journal + end, target.journal + end)
}
