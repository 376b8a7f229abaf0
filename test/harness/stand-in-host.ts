import { expect } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import type { Identity } from '../../src/core/identity.ts'
import type { SessionId } from '../../src/core/ids.ts'
import type { Session, SpawnRequest } from '../../src/core/session.ts'
import { type RunningHost, startTestHost, type TestHostOptions } from '../contract/running-host.ts'
import { createStandIn, type StandIn, type StandInAgent } from './stand-in-backend.ts'

/** A real host with its journal and socket whose agents say what a test makes them say. */
export interface StandInHost extends AsyncDisposable {
  readonly running: RunningHost
  readonly standIn: StandIn
  /** A client of its own; disposing the host closes it. */
  readonly connect: (identity?: Identity) => Promise<Client>
  /** Starts a session; its agent is at its prompt. */
  readonly spawn: (agentName: string, about?: SpawnRequest) => Promise<StandInSession>
}

/** A session of the stand-in. */
export interface StandInSession {
  readonly id: SessionId
  readonly agent: StandInAgent
  /** As the host has it now. */
  readonly now: () => Session
}

/** Starts the host; disposing ends everything and checks that nothing went wrong inside. */
export async function startStandInHost(
  options: TestHostOptions & { readonly standIn?: StandIn } = {},
): Promise<StandInHost> {
  const { standIn = createStandIn(), ...changes } = options
  const running = await startTestHost({ backends: [standIn.backend], ...changes })
  const clients: Client[] = []
  return {
    running,
    standIn,
    async connect(identity) {
      const client = await running.connect(identity)
      clients.push(client)
      return client
    },
    async spawn(agentName, about = {}) {
      const id = await running.host.spawnSession({
        backend: standIn.backend.name,
        agentName,
        rig: 'demo',
        workDir: running.workDir,
        ...about,
      })
      return { id, agent: standIn.agent(), now: () => sessionOf(running, id) }
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close()
      await running[Symbol.asyncDispose]()
      expect(running.unexpected).toEqual([])
    },
  }
}

function sessionOf({ facts }: RunningHost, id: SessionId): Session {
  const session = facts.fleet.sessions[id]
  if (session === undefined) throw new Error(`the host has no session ${id}`)
  return session
}
