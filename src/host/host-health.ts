import type { Backend } from '../backends/backend.ts'
import type { BackendHealth } from '../core/facts.ts'
import { type Fleet, sessionsOf } from '../core/fleet.ts'
import type { Leftover } from '../core/notice.ts'
import type { HostHealth } from '../core/orchestrator.ts'
import { isLive } from '../core/session.ts'

/** What a host knows of itself. */
export interface HostSelf extends Pick<HostHealth, 'version' | 'hostName' | 'socket' | 'uptimeMs'> {
  readonly fleet: () => Fleet
  readonly leftovers: () => Promise<readonly Leftover[]>
  readonly backends: readonly Backend[]
  readonly report: (backend: string, health: BackendHealth) => void
}

/** An agent may take seconds to tell its version: until then it is neither there nor missing. */
const CHECKING: BackendHealth = { status: 'checking', detail: 'looking for it on this machine' }

/** Asks every backend how it is, and says who answers. */
export async function hostHealth(self: HostSelf): Promise<HostHealth> {
  const { version, hostName, socket, uptimeMs, fleet } = self
  const backends = await Promise.all(
    self.backends.map(async (backend) => {
      if (fleet().backends[backend.name] === undefined) self.report(backend.name, CHECKING)
      const health = await backend.health()
      self.report(backend.name, health)
      return [backend.name, health] as const
    }),
  )
  const sessions = sessionsOf(fleet()).filter((each) => isLive(each) || each.interruption !== undefined).length
  const notices = Object.values(fleet().notices ?? {})
  const about = { version, pid: process.pid, hostName, socket, sessions, uptimeMs, notices }
  return { ...about, backends: Object.fromEntries(backends), leftovers: await self.leftovers() }
}
