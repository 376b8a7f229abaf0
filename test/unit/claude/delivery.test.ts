import { setImmediate as everythingElse } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Terminal } from '../../../src/backends/backend.ts'
import { createDeliveries } from '../../../src/backends/claude/delivery.ts'
import { createTypingGate } from '../../../src/backends/claude/typing-gate.ts'
import { createEmitter } from '../../../src/core/emitter.ts'

const RULE = '─'.repeat(40)
const prompt = (text: string): readonly string[] => [RULE, `❯ ${text}`, RULE]

/** A screen that a test draws on, in which what is pasted stands in the prompt. */
function createScreen(lines: readonly string[]) {
  const changed = createEmitter<void>()
  const written: string[] = []
  let shown = lines
  const draw = (next: readonly string[]): void => {
    shown = next
    changed.emit()
  }
  const terminal: Terminal = {
    pid: 0,
    title: '',
    hasBracketedPaste: true,
    lines: () => shown,
    onBell: () => () => undefined,
    onChange: changed.on,
    write(bytes) {
      const keys = new TextDecoder().decode(bytes)
      written.push(keys)
      const pasted = /^\x1b\[200~(.*)\x1b\[201~$/s.exec(keys)?.[1]
      if (pasted !== undefined) draw(prompt(pasted))
    },
  }
  return { terminal, written, draw }
}

function openDelivery(lines: readonly string[]) {
  const screen = createScreen(lines)
  const gate = createTypingGate()
  const deliveries = createDeliveries({
    name: 'toast',
    terminal: screen.terminal,
    gate,
    whyNotType: () => gate.whyNotType(),
    isWorking: () => false,
    onChange: () => () => undefined,
  })
  return { ...screen, deliveries, [Symbol.dispose]: () => gate.dispose() }
}

describe('a text for a prompt', () => {
  it('waits for a screen that is being drawn: the prompt is there in a moment', async () => {
    using place = openDelivery(['half of a frame'])
    const stages: string[] = []
    const delivered = place.deliveries.deliver('hello', (stage) => {
      stages.push(stage)
      if (stage === 'injected') place.deliveries.confirm('hello')
    })
    await everythingElse()
    expect(place.written).toEqual([])
    place.draw(prompt(''))
    await delivered
    expect(stages).toEqual(['injected', 'submitted', 'seen'])
  })
})
