import { createEmitter } from '../../core/emitter.ts'
import type { Dispose } from '../../core/scope.ts'
import type { Reading } from './status-file.ts'

/** After a tool was let begin its dialog, if there is one, is told of within this time; a loaded machine was seen to take 0.4 s. */
const UNDECIDED_MS = 3000
/** So long after an answer from outside a dialog may still stand there when nothing says that it is gone. */
const CLOSES_WITHIN_MS = 1500
/** A key that nothing was heard of for so long is not on its way any more. */
const KEY_ARRIVES_WITHIN_MS = 1500

/**
 * Keeps keys and dialogs apart. Looking whether a dialog is there is not enough: it may come up between the look and the key, and
 * Enter in it is a yes. But every dialog of a tool has a hook before it, and the program waits for the reply to that: while a key
 * is on its way the reply waits, and once it was given nothing is typed until it is known whether a dialog came of it.
 */
export interface TypingGate {
  /** Why a dialog may be there, or may come up before a key arrives; undefined = none can. */
  whyNotType(): string | undefined
  onChange(listener: () => void): Dispose
  /** A key is written now. */
  keyWritten(): void
  /** What was typed has arrived or was given up. */
  typed(): void
  /** To be awaited by the hook before a tool: a dialog may come up as soon as it is replied to. */
  letBegin(call: string): Promise<void>
  /** The tool's dialog was told of, or the tool has run. */
  toolDecided(call: string | undefined): void
  /** A dialog is there. */
  asked(agent: string | undefined): void
  /** The dialog was answered from outside: it goes away in a moment. */
  answered(): void
  /** The agent (a subagent by its id) goes on. */
  goesOn(agent: string | undefined): void
  /** The status file says this. */
  status(reading: Reading): void
  dispose(): void
}

interface Closing {
  readonly agent: string | undefined
  readonly since: number
}

/** A gate that is open. */
export function createTypingGate(): TypingGate {
  return new Gate()
}

class Gate implements TypingGate {
  readonly #changed = createEmitter<void>()
  /** When each call that may still ask was let go on. */
  readonly #undecided = new Map<string, number>()
  readonly #waiting = new Set<() => void>()
  #keyAt: number | undefined
  #asker: string | undefined
  #isWaiting = false
  #sawWaiting = false
  #closing: Closing | undefined
  #timer: NodeJS.Timeout | undefined

  whyNotType(): string | undefined {
    this.#expire()
    if (this.#undecided.size > 0) return 'it is about to use a tool and may ask first'
    return this.#closing === undefined ? undefined : 'its dialog is being closed'
  }

  onChange(listener: () => void): Dispose {
    return this.#changed.on(listener)
  }

  keyWritten(): void {
    this.#keyAt = performance.now()
    this.#arm()
  }

  typed(): void {
    this.#keyAt = undefined
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const begin of waiting) begin()
  }

  letBegin(call: string): Promise<void> {
    this.#expire()
    return new Promise((resolve) => {
      const begin = () => {
        this.#undecided.set(call, performance.now())
        this.#tell()
        resolve()
      }
      if (this.#keyAt === undefined) begin()
      else this.#waiting.add(begin)
    })
  }

  toolDecided(call: string | undefined): void {
    if (call !== undefined && this.#undecided.delete(call)) this.#tell()
  }

  asked(agent: string | undefined): void {
    this.#asker = agent
    this.#sawWaiting = this.#isWaiting
  }

  answered(): void {
    this.#closing = { agent: this.#asker, since: performance.now() }
    this.#tell()
  }

  goesOn(agent: string | undefined): void {
    if (this.#closing?.agent === agent) this.#closed()
  }

  status(reading: Reading): void {
    if (reading.kind !== 'found') return
    this.#isWaiting = reading.status === 'waiting'
    if (this.#isWaiting) this.#sawWaiting = true
    else if (this.#sawWaiting) this.#closed()
  }

  dispose(): void {
    clearTimeout(this.#timer)
    this.typed()
  }

  #closed(): void {
    if (this.#closing === undefined) return
    this.#closing = undefined
    this.#tell()
  }

  #tell(): void {
    this.#arm()
    this.#changed.emit()
  }

  /** Drops what is too old to matter. */
  #expire(): void {
    const now = performance.now()
    for (const [call, at] of this.#undecided) if (now - at >= UNDECIDED_MS) this.#undecided.delete(call)
    if (this.#closing !== undefined && now - this.#closing.since >= CLOSES_WITHIN_MS) this.#closing = undefined
    if (this.#keyAt !== undefined && now - this.#keyAt >= KEY_ARRIVES_WITHIN_MS) this.typed()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const ends = [
      ...[...this.#undecided.values()].map((at) => at + UNDECIDED_MS),
      ...(this.#closing === undefined ? [] : [this.#closing.since + CLOSES_WITHIN_MS]),
      ...(this.#keyAt === undefined ? [] : [this.#keyAt + KEY_ARRIVES_WITHIN_MS]),
    ]
    if (ends.length === 0) return
    const inMs = Math.ceil(Math.min(...ends) - performance.now())
    this.#timer = setTimeout(() => this.#due(), Math.max(1, inMs)).unref()
  }

  #due(): void {
    this.#expire()
    this.#tell()
  }
}
