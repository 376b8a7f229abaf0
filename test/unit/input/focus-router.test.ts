import { expect, test } from 'vitest'
import { PLAIN_MODES, type ScreenModes } from '../../../src/core/grid.ts'
import { createFocusRouter, DEFAULT_DETACH_CHORD } from '../../../src/ui/terminal/focus-router.ts'
import { bytesOf } from './manual-clock.ts'

const PANE = { x: 10, y: 5, cols: 40, rows: 12 }

function routerWith(modes: Partial<ScreenModes> = {}, chord = DEFAULT_DETACH_CHORD) {
  const router = createFocusRouter({ chord, modes: () => ({ ...PLAIN_MODES, ...modes }), pane: () => PANE })
  const latin = (parts: readonly Uint8Array[]) => parts.map((part) => Buffer.from(part).toString('latin1')).join('')
  return (...chunks: (string | Uint8Array)[]) => {
    const seen = { forward: '', leave: false, rest: '', waiting: 'none' }
    for (const chunk of chunks) {
      const routed = router.route(typeof chunk === 'string' ? bytesOf(chunk) : chunk)
      seen.forward += latin(routed.forward)
      seen.leave ||= routed.leave
      seen.rest += latin([routed.rest])
      seen.waiting = routed.waiting
    }
    return seen
  }
}

test('keys are forwarded as they came', () => {
  const keys = 'a\x03\r\x1bOA\x1b[A\x1b[1;5C\x1bx\x1b[97;5u\x1b[27;5;97~\x1b[1;2R\x7f\x00'
  expect(routerWith()(keys)).toEqual({ forward: keys, leave: false, rest: '', waiting: 'none' })
})

test.each(['\x1d', '\x1b[93;5u', '\x1b[93;5:1u', '\x1b[27;5;93~', '\x1b[1234::93;5u'])('%j leaves', (chord) => {
  const routed = routerWith()(`ab${chord}q\x1b[`)
  expect(routed).toEqual({ forward: 'ab', leave: true, rest: 'q\x1b[', waiting: 'none' })
})

test('Escape and the chord in one chunk leave, and the agent gets its Escape', () => {
  expect(routerWith()('\x1b\x1d')).toMatchObject({ forward: '\x1b', leave: true })
})

test('another chord can be chosen', () => {
  expect(routerWith({}, 'f12')('\x1d\x1b[24~')).toMatchObject({ forward: '\x1d', leave: true })
  expect(routerWith({}, 'alt+d')('d\x1bd')).toMatchObject({ forward: 'd', leave: true })
})

test('the chord inside a paste is text', () => {
  const paste = '\x1b[200~one\x1dtwo\x1b[93;5u\x1b[201~'
  expect(routerWith({ bracketedPaste: true })(paste)).toMatchObject({ forward: paste, leave: false })
})

test('an agent without bracketed paste gets the text alone', () => {
  expect(routerWith()('\x1b[200~one\r', 'two\x1b[20', '1~x').forward).toBe('one\rtwox')
})

test('terminal replies are swallowed', () => {
  const replies = '\x1b[?62c\x1b[5;5R\x1b]11;rgb:0/0/0\x07\x1bP>|x\x1b\\\x1b[?1u\x1b[?2026;2$y'
  expect(routerWith()(`a${replies}b`).forward).toBe('ab')
})

test('focus reports go to an agent that asked', () => {
  expect(routerWith()('\x1b[I\x1b[O').forward).toBe('')
  expect(routerWith({ sendFocus: true })('\x1b[I\x1b[O').forward).toBe('\x1b[I\x1b[O')
})

test('mouse reports are shifted to the pane', () => {
  const route = routerWith({ mouse: 'any', mouseSgr: true })
  expect(route('\x1b[<0;11;6M').forward).toBe('\x1b[<0;1;1M')
  expect(route('\x1b[<0;50;17m').forward).toBe('\x1b[<0;40;12m')
})

test('mouse reports outside the pane are dropped, except the end of a press inside', () => {
  const route = routerWith({ mouse: 'drag', mouseSgr: true })
  expect(route('\x1b[<0;10;6M\x1b[<0;51;6M\x1b[<64;1;1M\x1b[<0;1;1m').forward).toBe('')
  expect(route('\x1b[<0;11;6M\x1b[<32;1;1M\x1b[<0;99;99m').forward).toBe('\x1b[<0;1;1M\x1b[<32;1;1M\x1b[<0;40;12m')
})

test('an agent gets the reports of the mode it set and no others', () => {
  const all = '\x1b[<0;11;6M\x1b[<32;12;6M\x1b[<0;12;6m\x1b[<35;12;6M\x1b[<64;12;6M'
  expect(routerWith({ mouseSgr: true })(all).forward).toBe('')
  expect(routerWith({ mouse: 'x10', mouseSgr: true })(all).forward).toBe('\x1b[<0;1;1M')
  expect(routerWith({ mouse: 'vt200', mouseSgr: true })(all).forward).toBe('\x1b[<0;1;1M\x1b[<0;2;1m\x1b[<64;2;1M')
})

test('an agent without SGR reports gets the older form', () => {
  const route = routerWith({ mouse: 'vt200' })
  expect(route('\x1b[<0;11;6M\x1b[<0;11;6m').forward).toBe('\x1b[M !!\x1b[M#!!')
})

test('a lone Escape is held until nothing more comes', () => {
  const router = createFocusRouter({ chord: 'ctrl+]', modes: () => PLAIN_MODES, pane: () => PANE })
  expect(router.route(bytesOf('\x1b'))).toMatchObject({ forward: [], waiting: 'short' })
  expect(router.settle()).toMatchObject({ forward: [Uint8Array.of(0x1b)], waiting: 'none' })
})
