import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appendedLines, createConversation } from '../../../src/core/conversation.ts'
import type { Fact } from '../../../src/core/facts.ts'
import { messageId } from '../../../src/core/ids.ts'
import { advanceReceipt, type Message, queuedReceipt } from '../../../src/core/message.ts'
import { aSession } from '../../harness/sessions.ts'

const { id } = aSession()

function message(name: string): Message {
  const own = messageId(name)
  return {
    id: own,
    from: 'mayor/',
    to: id,
    type: 'nudge',
    body: name,
    sentAt: 1,
    mode: 'boundary',
    priority: 0,
    threadId: own,
  }
}

describe('conversation', () => {
  it('has what was handed over, once, and what was replied', () => {
    const conversation = createConversation(id)
    const [one, other] = [message('one'), message('other')]
    const at = (status: 'injected' | 'submitted' | 'seen' | 'cancelled', of: Message): Fact => ({
      type: 'message.advanced',
      receipt: advanceReceipt(queuedReceipt(of), { status, at: 2 }),
    })
    const facts: readonly Fact[] = [
      { type: 'message.queued', message: one },
      { type: 'message.queued', message: other },
      at('injected', one),
      at('submitted', one),
      at('seen', one),
      at('cancelled', other),
      { type: 'session.replied', id, text: 'done' },
    ]
    const said = facts.flatMap((fact, seq) => conversation.take({ seq, at: seq, fact }) ?? [])
    expect(said).toEqual([
      { at: 3, who: 'mayor/', text: 'one' },
      { at: 6, who: 'agent', text: 'done' },
    ])
  })
})

describe('output that is followed', () => {
  it.each<[string, string[], string[], string[]]>([
    ['more lines', ['a', 'b'], ['a', 'b', 'c', 'd'], ['b', 'c']],
    ['a line that grows', ['a', 'b'], ['a', 'bc'], []],
    ['lines that scrolled away', ['a', 'b', 'c'], ['c', 'd', 'e'], ['c', 'd']],
    ['nothing new', ['a', 'b'], ['a', 'b'], []],
    ['another screen', ['a', 'b', 'c'], ['x', 'y'], ['x']],
    ['the first lines', [], ['a', 'b'], ['a']],
  ])('tells %s', (_what, before, after, expected) => {
    expect(appendedLines(before, after)).toEqual(expected)
  })

  it('tells each line once, whatever the portions', () => {
    const portions = fc.array(fc.nat(5), { maxLength: 20 })
    fc.assert(
      fc.property(portions, (sizes) => {
        const all = Array.from({ length: sizes.reduce((sum, size) => sum + size, 0) }, (_, at) => `line ${at}`)
        let [shown, end, told] = [[] as readonly string[], 0, [] as string[]]
        for (const size of sizes) {
          end += size
          const next = all.slice(Math.max(0, end - 8), end)
          told = [...told, ...appendedLines(shown, next)]
          shown = next
        }
        expect([...told, ...shown.slice(-1)]).toEqual(all)
      }),
    )
  })
})
