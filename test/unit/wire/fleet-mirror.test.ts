import { describe, expect, test } from 'vitest'
import { createFleetMirror, type FactSource } from '../../../src/client/fleet-mirror.ts'
import { createEmitter } from '../../../src/core/emitter.ts'
import { ControlError } from '../../../src/core/errors.ts'
import type { Envelope } from '../../../src/core/facts.ts'
import { EMPTY_FLEET } from '../../../src/core/fleet.ts'
import type { FactUpdate } from '../../../src/core/orchestrator.ts'

interface Source extends FactSource {
  readonly asked: (number | undefined)[]
  readonly closes: () => number
  readonly append: (...seqs: readonly number[]) => void
  /** Tells a fact without having it. */
  readonly tell: (seq: number) => void
}

/** A host's facts 1 … `seq`, and how it answers. */
function sourceAt(seq: number, answer: 'replay' | 'snapshot' | 'lost' = 'replay', run = 'first'): Source {
  const facts = createEmitter<Envelope>()
  const asked: (number | undefined)[] = []
  let last = seq
  let closes = 0
  return {
    asked,
    run,
    closes: () => closes,
    onFact: (listener) => facts.on(listener),
    async open(since) {
      asked.push(since)
      if (answer === 'lost') throw new ControlError('host.unreachable', { detail: 'test' })
      if (since === undefined || answer === 'snapshot') return { fleet: { ...EMPTY_FLEET, seq: last } }
      return { replay: Array.from({ length: last - since }, (_, index) => envelope(since + index + 1)) }
    },
    close() {
      closes += 1
    },
    append(...seqs) {
      for (const each of seqs) {
        last = each
        facts.emit(envelope(each))
      }
    },
    tell: (each) => facts.emit(envelope(each)),
  }
}

describe('fleet mirror', () => {
  test('asks for nothing until somebody listens, and stops when nobody does', async () => {
    const source = sourceAt(3)
    const mirror = createFleetMirror(source)
    source.append(4)
    expect(source.asked).toEqual([])
    const first: string[] = []
    const second: string[] = []
    const leave = await mirror.subscribe((update) => first.push(word(update)))
    const leaveToo = await mirror.subscribe((update) => second.push(word(update)))
    source.append(5)
    leave()
    leave()
    source.append(6)
    expect(source.closes()).toBe(0)
    leaveToo()
    expect(source.closes()).toBe(1)
    source.append(7)
    expect(first).toEqual(['snapshot 4', 'fact 5'])
    expect(second).toEqual(['snapshot 4', 'fact 5', 'fact 6'])
    expect(source.asked).toEqual([undefined])
    expect(mirror.fleet.seq).toBe(6)
  })

  test('facts that come before their answer, twice, or after it are applied once', async () => {
    const source = sourceAt(3)
    const mirror = createFleetMirror(source)
    const heard: string[] = []
    const subscribing = mirror.subscribe((update) => heard.push(word(update)))
    source.tell(3)
    source.append(4)
    await subscribing
    source.tell(4)
    source.append(5)
    expect(heard).toEqual(['snapshot 4', 'fact 5'])
  })

  test('a gap is filled from the host, in order', async () => {
    const source = sourceAt(1)
    const mirror = createFleetMirror(source)
    const heard: string[] = []
    await mirror.subscribe((update) => heard.push(word(update)))
    source.append(4)
    source.append(5)
    await settled()
    source.append(6)
    expect(source.asked).toEqual([undefined, 1])
    expect(heard).toEqual(['snapshot 1', 'fact 2', 'fact 3', 'fact 4', 'fact 5', 'fact 6'])
  })

  test('another connection goes on from the last fact, or with a snapshot when that is too long ago', async () => {
    const mirror = createFleetMirror(sourceAt(2))
    const heard: string[] = []
    await mirror.subscribe((update) => heard.push(word(update)))
    const next = sourceAt(4)
    await mirror.attach(next)
    const other = sourceAt(9, 'snapshot')
    await mirror.attach(other)
    next.append(5)
    other.append(10)
    const anotherRun = sourceAt(12, 'replay', 'second')
    await mirror.attach(anotherRun)
    expect(next.asked).toEqual([2])
    expect(other.asked).toEqual([4])
    expect(anotherRun.asked).toEqual([undefined])
    expect(heard).toEqual(['snapshot 2', 'fact 3', 'fact 4', 'snapshot 9', 'fact 10', 'snapshot 12'])
  })

  test('a lost connection rejects, and the next one that asks tries again', async () => {
    const mirror = createFleetMirror(sourceAt(2, 'lost'))
    await expect(mirror.subscribe(() => undefined)).rejects.toMatchObject({ code: 'host.unreachable' })
    await mirror.attach(sourceAt(3))
    const heard: string[] = []
    await mirror.subscribe((update) => heard.push(word(update)))
    expect(heard).toEqual(['snapshot 3'])
  })
})

function envelope(seq: number): Envelope {
  return { seq, at: seq, fact: { type: 'backend.changed', backend: 'shell', health: { status: 'ready', detail: '' } } }
}

function word(update: FactUpdate): string {
  return update.type === 'snapshot' ? `snapshot ${update.fleet.seq}` : `fact ${update.envelope.seq}`
}

/** After all promises that are settled by now were seen to. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
