import { describe, expect, it } from 'vitest'
import { type Composer, guardedPaste, type Patience, when } from '../../src/backends/guarded-paste.ts'
import { createEmitter } from '../../src/core/emitter.ts'

const PATIENCE: Patience = { visibleMs: 20, confirmMs: 20, dialogMs: 20, enters: 3 }

/** A prompt box that behaves as told, and what was typed into it. */
function composer(behaviour: {
  readonly onPaste?: (box: Box) => void
  readonly onEnter?: (box: Box, count: number) => void
  readonly unsafe?: (typed: readonly string[]) => string | undefined
}) {
  const typed: string[] = []
  const changed = createEmitter<void>()
  const box: Box = { look: 'other', isConfirmed: false }
  const it: Composer = {
    whyNotType: () => behaviour.unsafe?.(typed),
    paste: () => {
      typed.push('paste')
      behaviour.onPaste?.(box)
      changed.emit()
    },
    enter: () => {
      typed.push('enter')
      behaviour.onEnter?.(box, typed.filter((key) => key === 'enter').length)
      changed.emit()
    },
    look: () => box.look,
    isConfirmed: () => box.isConfirmed,
    onChange: (listener) => changed.on(listener),
  }
  return { it, typed }
}

interface Box {
  look: 'ours' | 'other' | 'hidden'
  isConfirmed: boolean
}

const shows = (box: Box) => {
  box.look = 'ours'
}
const takes = (box: Box) => {
  box.look = 'other'
  box.isConfirmed = true
}

async function outcome(made: ReturnType<typeof composer>): Promise<readonly string[]> {
  const stages: string[] = []
  const end = await guardedPaste(made.it, (stage) => stages.push(stage), { name: 'toast', patience: PATIENCE }).catch(
    (error: { readonly code?: string }) => error.code ?? String(error),
  )
  return [...stages, `= ${end}`, ...made.typed]
}

describe('guardedPaste', () => {
  it.each<[string, Parameters<typeof composer>[0], readonly string[]]>([
    [
      'a prompt that is taken at once',
      { onPaste: shows, onEnter: takes },
      ['injected', 'submitted', 'seen', '= seen', 'paste', 'enter'],
    ],
    [
      'a lost Enter',
      { onPaste: shows, onEnter: (box, count) => count === 2 && takes(box) },
      ['injected', 'submitted', 'seen', '= seen', 'paste', 'enter', 'enter'],
    ],
    [
      'Enters that have no effect',
      { onPaste: shows },
      ['injected', '= message.unconfirmed', 'paste', 'enter', 'enter', 'enter'],
    ],
    [
      'a text taken into a running turn without a word',
      {
        onPaste: shows,
        onEnter: (box) => {
          box.look = 'other'
        },
      },
      ['injected', 'submitted', '= submitted', 'paste', 'enter'],
    ],
    ['a dialog before the paste', { unsafe: () => 'a dialog' }, ['= message.unsafe']],
    ['a text that never shows up', {}, ['= message.unconfirmed', 'paste']],
    [
      'a dialog between the paste and its Enter',
      { onPaste: shows, onEnter: takes, unsafe: (typed) => (typed.includes('paste') ? 'a dialog' : undefined) },
      ['injected', '= message.unconfirmed', 'paste'],
    ],
    [
      'a dialog after the first Enter',
      { onPaste: shows, unsafe: (typed) => (typed.includes('enter') ? 'a dialog' : undefined) },
      ['injected', '= message.unconfirmed', 'paste', 'enter'],
    ],
    [
      'a prompt box that goes out of sight',
      {
        onPaste: shows,
        onEnter: (box) => {
          box.look = 'hidden'
        },
      },
      ['injected', '= message.unconfirmed', 'paste', 'enter'],
    ],
  ])('%s', async (_what, behaviour, expected) => {
    expect(await outcome(composer(behaviour))).toEqual(expected)
  })
})

describe('a wait', () => {
  it('does not count the time in which the process stood still', async () => {
    const changed = createEmitter<void>()
    let isThere = false
    const waited = when({ onChange: (listener) => changed.on(listener) }, 150, () => isThere)
    // What a host that was stopped finds when it goes on: timers that are due, and output that is still to be read.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
    setImmediate(() => {
      isThere = true
      changed.emit()
    })
    expect(await waited).toBe(true)
  })

  it('ends when the time is over', async () => {
    expect(await when({ onChange: () => () => undefined }, 30, () => false)).toBe(false)
  })
})
