import { readFileSync, rmSync } from 'node:fs'
import { z } from 'zod'
import { isProcessAlive } from './process-identity.ts'

const endpointSchema = z.object({
  pid: z.int().positive(),
  procStart: z.string().optional(),
  version: z.string(),
  protocol: z.int(),
  socket: z.string().min(1),
  startedAt: z.number(),
})

/** How a host says that it is listening: one JSON file in the state directory, written once it is. */
export type EndpointEntry = Readonly<z.infer<typeof endpointSchema>>

/**
 * The entry of a live host. One that is corrupt, or whose process is gone or another one by now, counts as absent and is
 * removed.
 */
export function readEndpoint(file: string): EndpointEntry | undefined {
  const text = read(file)
  if (text === undefined) return undefined
  const entry = parseEndpoint(text)
  if (entry !== undefined && isProcessAlive(entry.pid, entry.procStart)) return entry
  // A new host may have put its own entry there meanwhile.
  if (read(file) === text) rmSync(file, { force: true })
  return undefined
}

function parseEndpoint(text: string): EndpointEntry | undefined {
  try {
    return endpointSchema.safeParse(JSON.parse(text)).data
  } catch {
    // Not JSON: the same as no entry.
    return undefined
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Absent or unreadable: the same to who looks for a host.
    return undefined
  }
}
