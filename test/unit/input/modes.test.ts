import { expect, test } from 'vitest'
import { PLAIN_MODES } from '../../../src/core/grid.ts'
import { createScreen } from '../../../src/host/terminal/screen.ts'
import { createTerminalModes } from '../../../src/ui/terminal/modes.ts'

const AGENT = {
  ...PLAIN_MODES,
  applicationCursor: true,
  applicationKeypad: true,
  mouse: 'any',
  mouseSgr: true,
  kittyKeyboard: 5,
} as const

/** The private modes and stacks that a sequence of bytes leaves set. */
function stateAfter(text: string): Record<string, number | boolean> {
  const state: Record<string, number | boolean> = {}
  for (const [, mode, action] of text.matchAll(/\x1b\[\?(\d+)([hl])/g)) state[mode!] = action === 'h'
  for (const [, flags] of text.matchAll(/\x1b\[>(\d+)u/g))
    state['kitty'] = Number(state['kitty'] ?? 0) + (flags ? 1 : 0)
  for (const _ of text.matchAll(/\x1b\[<1u/g)) state['kitty'] = Number(state['kitty'] ?? 0) - 1
  for (const [, action] of text.matchAll(/\x1b([=>])/g)) state['keypad'] = action === '='
  for (const [, action] of text.matchAll(/\x1b\[(22|23);0t/g)) {
    state['titles'] = Number(state['titles'] ?? 0) + (action === '22' ? 1 : -1)
  }
  return state
}

test('entering takes the other screen, hides the cursor and asks for reports', () => {
  const text = createTerminalModes({ mouse: true }).enter()
  expect(stateAfter(text)).toEqual({
    ...{ 1: false, 9: false, 1000: false, 1003: false, 2026: false, keypad: false },
    1002: true,
    1004: true,
    1006: true,
    1049: true,
    2004: true,
    25: false,
    7: false,
    titles: 1,
  })
})

test('without the mouse no mouse mode is set', () => {
  const modes = createTerminalModes({ mouse: false })
  expect(modes.enter() + modes.restore()).not.toMatch(/100[0236]h/)
})

test.each([
  ['between two frames', ''],
  ['in the middle of a frame', '\x1b[?2026h\x1b[?25l\x1b[5;9H\x1b[38;2;200;0;0m'],
  ['in the middle of a sequence', '\x1b]2;a title that was cut'],
])('nothing of a room that was killed %s is left on by the next one', (_, lastBytes) => {
  const screen = createScreen({ cols: 40, rows: 10, reply: () => undefined })
  const killed = createTerminalModes({ mouse: true })
  screen.write(killed.enter() + killed.mirror(AGENT) + lastBytes)
  const next = createTerminalModes({ mouse: true })
  screen.write(next.enter())
  const own = { alternateScreen: true, bracketedPaste: true, sendFocus: true, mouse: 'drag', mouseSgr: true }
  expect(screen.modes).toEqual({ ...PLAIN_MODES, ...own })
  screen.write(next.restore())
  expect(screen.modes).toEqual(PLAIN_MODES)
  expect(screen.cursor.visible).toBe(true)
  expect(screen.synchronizedOutput).toBe(false)
  screen.write('plain')
  expect(screen.ansi()[0]).toBe('plain')
  screen.dispose()
})

test('the keyboard of the operator is as it was before the room', () => {
  const screen = createScreen({ cols: 40, rows: 10, reply: () => undefined })
  screen.write('\x1b[>1u')
  const modes = createTerminalModes({ mouse: true })
  screen.write(modes.enter() + modes.mirror(AGENT) + modes.restore())
  expect(screen.modes.kittyKeyboard).toBe(1)
  screen.dispose()
})

test('restoring undoes what was set, once, after ending a cut frame', () => {
  const modes = createTerminalModes({ mouse: true })
  expect(modes.restore()).toBe('')
  const all = modes.enter() + modes.mirror(AGENT)
  const restored = modes.restore()
  expect(restored.startsWith('\x18\x1b[?2026l\x1b[0m')).toBe(true)
  const state = stateAfter(all + restored)
  expect(state).toMatchObject({ 1: false, 1004: false, 1049: false, 2004: false, 25: true, 7: true })
  expect(state).toMatchObject({ 1002: false, 1003: false, 1006: false, keypad: false, kitty: 0, titles: 0 })
  expect(modes.restore()).toBe('')
  expect(modes.enter()).not.toBe('')
})

test('the restore without a focused agent undoes nothing of an agent', () => {
  const modes = createTerminalModes({ mouse: true })
  modes.enter()
  expect(modes.restore()).not.toMatch(/\x1b\[\?1l|\x1b>|\x1b\[<1u/)
})

test('mirroring sets what the agent has set and unmirroring undoes it', () => {
  const modes = createTerminalModes({ mouse: true })
  const entered = modes.enter()
  const mirrored = modes.mirror(AGENT)
  expect(stateAfter(entered + mirrored)).toMatchObject({ 1: true, 1003: true, 1006: true, keypad: true, kitty: 1 })
  expect(modes.mirror(AGENT)).toBe('')
  expect(modes.mirror({ ...AGENT, kittyKeyboard: 1 })).toBe('\x1b[=1;1u')
  const unmirrored = modes.unmirror()
  expect(stateAfter(entered + mirrored + unmirrored)).toMatchObject({
    1: false,
    1002: true,
    1003: false,
    1006: true,
    keypad: false,
    kitty: 0,
  })
  expect(modes.unmirror()).toBe('')
})

test('the room keeps its clicks when the agent wants less of the mouse', () => {
  const modes = createTerminalModes({ mouse: true })
  modes.enter()
  expect(modes.mirror({ ...PLAIN_MODES, mouse: 'vt200' })).toBe('')
  const withoutRoom = createTerminalModes({ mouse: false })
  withoutRoom.enter()
  expect(withoutRoom.mirror({ ...PLAIN_MODES, mouse: 'vt200' })).toBe('\x1b[?1000h\x1b[?1006h')
})

test('nothing is mirrored on a terminal that was given back', () => {
  const modes = createTerminalModes({ mouse: true })
  modes.enter()
  modes.restore()
  expect(modes.mirror(AGENT) + modes.unmirror() + modes.title('x')).toBe('')
})

test('a title cannot end its own sequence', () => {
  const modes = createTerminalModes({ mouse: true })
  modes.enter()
  expect(modes.title('two\x07\x1b]52;c;x\u202e')).toBe('\x1b]2;two  ]52;c;x \x07')
})
