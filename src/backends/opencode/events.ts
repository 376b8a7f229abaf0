import type { BusEvent } from './bus-event.ts'
import type { Client } from './http.ts'
import { readEvent } from './schema.ts'
import { createSseParser } from './sse.ts'

/** The server sends a heartbeat every 10 s: two that are missing are a gap. */
export const GAP_MS = 25_000

const BEGINS_WITHIN_MS = 5000

/** What is done with the stream. */
export interface EventListener {
  /** The stream is there: whatever happens from now on is told. */
  readonly onConnected: () => void
  readonly onEvent: (event: BusEvent) => void
}

/**
 * Reads the events of all directories until the stream ends, falls silent for `gapMs` or `signal` aborts; resolves with the
 * reason. Never rejects.
 */
export async function readEvents(
  client: Client,
  listener: EventListener,
  { signal, gapMs = GAP_MS }: { readonly signal: AbortSignal; readonly gapMs?: number },
): Promise<string> {
  const silence = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), gapMs)
  }
  try {
    const anyEnd = AbortSignal.any([signal, silence.signal])
    const chunks = await client.stream('/global/event', { signal: anyEnd, withinMs: BEGINS_WITHIN_MS })
    heard()
    listener.onConnected()
    const parse = createSseParser()
    for await (const chunk of chunks) {
      heard()
      for (const data of parse(chunk)) {
        const event = readEvent(data)
        if (event !== undefined) listener.onEvent(event)
      }
    }
    return 'the event stream ended'
  } catch (error) {
    if (silence.signal.aborted) return `no sign of life for ${gapMs / 1000} s`
    return error instanceof Error ? error.message : String(error)
  } finally {
    clearTimeout(timer)
  }
}
