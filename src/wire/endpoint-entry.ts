import { readFileSync, rmSync } from 'node:fs'
import { objectOf, parseObject } from '../core/json.ts'
import { isProcessAlive } from './process-identity.ts'

/** How a host says that it is listening: one JSON file in the state directory, written once it is. */
export interface EndpointEntry {
  readonly pid: number
  /** When the process started, so that another one with the same pid is not taken for it. */
  readonly procStart?: string
  readonly version: string
  readonly protocol: number
  readonly socket: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/**
 * The entry of a live host. One that is corrupt, or whose process is gone or another one by now, counts as absent and is
 * removed.
 */
export function readEndpoint(file: string): EndpointEntry | undefined {
  const text = read(file)
  if (text === undefined) return undefined
  const entry: unknown = parseObject(text)
  if (isEndpointEntry(entry) && isProcessAlive(entry.pid, entry.procStart)) return entry
  // A new host may have put its own entry there meanwhile.
  if (read(file) === text) rmSync(file, { force: true })
  return undefined
}

/** By hand: every verb reads this file, and loading a schema library costs more than the rest of the verb. */
function isEndpointEntry(value: unknown): value is EndpointEntry {
  const { pid, procStart, version, protocol, socket, startedAt } = objectOf(value) as Record<
    keyof EndpointEntry,
    unknown
  >
  const isProcess = Number.isSafeInteger(pid) && Number(pid) > 0
  const isStart = procStart === undefined || typeof procStart === 'string'
  const isVersion = typeof version === 'string' && Number.isSafeInteger(protocol)
  return isProcess && isStart && isVersion && typeof socket === 'string' && socket !== '' && Number.isFinite(startedAt)
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Absent or unreadable: the same to who looks for a host.
    return undefined
  }
}
