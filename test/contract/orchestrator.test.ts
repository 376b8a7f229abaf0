import { connectRoom } from '../../src/client/reconnect.ts'
import type { Orchestrator } from '../../src/core/orchestrator.ts'
import { type OrchestratorUnderTest, orchestratorSuite } from './orchestrator-suite.ts'
import { connectMemory, type RunningHost, startTestHost } from './running-host.ts'

orchestratorSuite('host in this process', () =>
  over(async ({ host }) => ({ orchestrator: host, close: () => undefined })),
)
orchestratorSuite('client over memory', () => over(async (running) => closing(await connectMemory(running))))
orchestratorSuite('client over a unix socket', () => over(async (running) => closing(await running.connect())))
orchestratorSuite('room over a unix socket', () =>
  over(async (running) => closing(await connectRoom({ connect: () => running.connect() }))),
)

interface Closeable {
  readonly orchestrator: Orchestrator
  readonly close: () => void
}

function closing(client: Orchestrator & { readonly close: () => void }): Closeable {
  return { orchestrator: client, close: client.close }
}

async function over(connect: (running: RunningHost) => Promise<Closeable>): Promise<OrchestratorUnderTest> {
  const running = await startTestHost()
  const { orchestrator, close } = await connect(running)
  return {
    orchestrator,
    workDir: running.workDir,
    async [Symbol.asyncDispose]() {
      close()
      await running[Symbol.asyncDispose]()
    },
  }
}
