import { createEmitter } from '../core/emitter.ts'
import type { Envelope } from '../core/facts.ts'
import { EMPTY_FLEET, type Fleet } from '../core/fleet.ts'
import type { FactUpdate } from '../core/orchestrator.ts'
import { reduce } from '../core/reduce.ts'
import type { Dispose } from '../core/scope.ts'
import type { Result } from '../wire/protocol.ts'

/** Where a mirror gets its facts: one connection to a host. */
export interface FactSource {
  /** Names the life of the host whose facts these are: numbers of facts mean nothing in another one. */
  readonly run: string
  /** Starts the facts after `since`, or after a snapshot. Rejects when the connection is lost. */
  open(since?: number): Promise<Result<'facts/subscribe'>>
  close(): void
  onFact(listener: (envelope: Envelope) => void): Dispose
}

/** The fleet of a host, kept by the same `reduce` as there. */
export interface FleetMirror {
  /** As of the last fact that was heard. */
  readonly fleet: Fleet
  /** Calls the listener with a snapshot, then with every later fact; after a gap that was too long, with a snapshot again. */
  subscribe(listener: (update: FactUpdate) => void): Promise<Dispose>
  /** Goes on with another connection: from where the last one ended, or with a snapshot of another run of the host. */
  attach(source: FactSource): Promise<void>
}

class Mirror implements FleetMirror {
  readonly #updates = createEmitter<FactUpdate>()
  #source: FactSource
  #unhear: Dispose
  #fleet: Fleet | undefined
  /** The run that the fleet is of. */
  #run: string | undefined
  /** The start that is under way or done; absent while nobody listens. */
  #opening: Promise<void> | undefined
  /** Facts that came before the answer that says where they start. */
  #held: Envelope[] | undefined
  #wanted = 0

  constructor(source: FactSource) {
    this.#source = source
    this.#unhear = source.onFact((envelope) => this.#hear(envelope))
  }

  get fleet(): Fleet {
    return this.#fleet ?? EMPTY_FLEET
  }

  async subscribe(listener: (update: FactUpdate) => void): Promise<Dispose> {
    this.#wanted += 1
    try {
      await this.#open()
    } catch (error) {
      this.#release()
      throw error
    }
    listener({ type: 'snapshot', fleet: this.fleet })
    const unlisten = this.#updates.on(listener)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      unlisten()
      this.#release()
    }
  }

  async attach(source: FactSource): Promise<void> {
    this.#unhear()
    this.#source = source
    this.#unhear = source.onFact((envelope) => this.#hear(envelope))
    this.#opening = undefined
    this.#held = undefined
    if (this.#wanted > 0) await this.#open()
  }

  #release(): void {
    this.#wanted -= 1
    if (this.#wanted > 0) return
    this.#opening = undefined
    this.#source.close()
  }

  #open(): Promise<void> {
    if (this.#opening === undefined) {
      const opening = this.#start(this.#source)
      this.#opening = opening
      opening.catch(() => {
        // Whoever waits for it hears why; the next one who asks tries again.
        if (this.#opening === opening) this.#opening = undefined
      })
    }
    return this.#opening
  }

  async #start(source: FactSource): Promise<void> {
    const held: Envelope[] = []
    this.#held = held
    const { fleet, replay } = await source.open(source.run === this.#run ? this.#fleet?.seq : undefined)
    // Another start, or another connection, took over meanwhile.
    if (this.#held !== held) return
    this.#run = source.run
    this.#held = undefined
    if (fleet !== undefined) {
      this.#fleet = fleet
      this.#updates.emit({ type: 'snapshot', fleet })
    }
    for (const envelope of [...(replay ?? []), ...held]) this.#hear(envelope)
  }

  #hear(envelope: Envelope): void {
    if (this.#opening === undefined) return
    if (this.#held !== undefined) {
      this.#held.push(envelope)
      return
    }
    if (envelope.seq <= this.fleet.seq) return
    if (envelope.seq > this.fleet.seq + 1) {
      this.#resume()
      return
    }
    this.#fleet = reduce(this.fleet, envelope)
    this.#updates.emit({ type: 'fact', envelope })
  }

  /** A fact is missing: asks for everything since the last one. */
  #resume(): void {
    this.#opening = undefined
    this.#open().catch(() => {
      // Only a lost connection fails here, and whoever owns it is told of that.
    })
  }
}

/** A mirror of the host behind this source; nothing is asked for until somebody subscribes. */
export function createFleetMirror(source: FactSource): FleetMirror {
  return new Mirror(source)
}
