import { randomUUID } from 'node:crypto'
import type { BackendContext } from '../../src/backends/backend.ts'
import { withoutInheritedFiles } from '../../src/host/terminal/launch.ts'

/** What a host gives a backend; what the backend tells besides its signals is dropped unless the test wants it. */
export function backendContext(
  about: Pick<BackendContext, 'env' | 'directory'> & Partial<BackendContext>,
): BackendContext {
  return {
    alone: withoutInheritedFiles,
    newId: randomUUID,
    now: Date.now,
    onHealth: () => undefined,
    log: () => undefined,
    ...about,
  }
}
