import type { Backend } from '../backends/backend.ts'
import type { BackendHealth } from '../core/facts.ts'
import { type Fleet, sessionsOf } from '../core/fleet.ts'
import type { HostHealth } from '../core/orchestrator.ts'
import { isLive } from '../core/session.ts'

/** What a host knows of itself. */
export interface HostSelf extends Pick<HostHealth, 'version' | 'hostName' | 'socket' | 'uptimeMs'> {
  readonly fleet: () => Fleet
  readonly backends: readonly Backend[]
  readonly report: (backend: string, health: BackendHealth) => void
}

/** Asks every backend how it is, and says who answers. */
export async function hostHealth(self: HostSelf): Promise<HostHealth> {
  const { version, hostName, socket, uptimeMs, fleet } = self
  const backends = await Promise.all(
    self.backends.map(async (backend) => {
      const health = await backend.health()
      self.report(backend.name, health)
      return [backend.name, health] as const
    }),
  )
  const sessions = sessionsOf(fleet()).filter(isLive).length
  return { version, pid: process.pid, hostName, socket, sessions, uptimeMs, backends: Object.fromEntries(backends) }
}
