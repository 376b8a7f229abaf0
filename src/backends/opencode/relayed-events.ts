import type { Readable, Writable } from 'node:stream'

/** An event that a stream did not hold, and the id of what it is about. */
export interface MissedEvent {
  readonly about: string
  readonly data: string
}

const LINE_FEED = 0x0a

/**
 * Passes an event stream on, and adds what the reader has missed, once, between two events. It is looked up only when the stream
 * has begun: then nothing can be missed in between, and what the stream told by itself meanwhile is not told again.
 */
export function joinEvents(source: Readable, sink: Writable, findMissed: () => Promise<readonly MissedEvent[]>): void {
  let passed: string | undefined
  let missed: readonly MissedEvent[] = []
  let isBetween = false
  const add = () => {
    if (!isBetween || missed.length === 0) return
    const events = missed.filter(({ about }) => passed?.includes(about) !== true)
    missed = []
    passed = undefined
    for (const { data } of events) sink.write(`data: ${data}\n\n`)
  }
  source.on('data', (chunk: Buffer) => {
    if (!sink.write(chunk)) {
      source.pause()
      sink.once('drain', () => source.resume())
    }
    isBetween = chunk.at(-1) === LINE_FEED && chunk.at(-2) === LINE_FEED
    if (passed !== undefined) passed += chunk.toString('utf8')
    add()
  })
  source.once('data', (chunk: Buffer) => {
    passed = chunk.toString('utf8')
    findMissed().then(
      (found) => {
        missed = found
        if (found.length === 0) passed = undefined
        add()
      },
      () => {
        // Without it the screen shows what it would show by itself.
        passed = undefined
      },
    )
  })
  source.once('end', () => sink.end())
  source.once('close', () => source.readableEnded || sink.destroy())
}
