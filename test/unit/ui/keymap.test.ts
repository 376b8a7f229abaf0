import { describe, expect, test } from 'vitest'
import { COMMANDS, disabledReason, ROOM_COMMANDS } from '../../../src/core/commands.ts'
import { fittingHints, hintsOf, hintWidth } from '../../../src/ui/keymap/footer.ts'
import { createKeymap, meaningOf } from '../../../src/ui/keymap/keymap.ts'
import { HELP_COLUMNS, helpLines } from '../../../src/ui/overlays/help.ts'
import { paletteEntries } from '../../../src/ui/overlays/palette.ts'
import { HANDLERS } from '../../../src/ui/room/handlers.ts'
import { contextOf } from '../../../src/ui/store/select.ts'
import { initialState } from '../../../src/ui/store/state.ts'
import { applyFleet } from '../../../src/ui/store/transitions/facts.ts'
import { keyName } from '../../../src/ui/theme/key-names.ts'
import { crowd, fleetBuilder } from '../../harness/fleets.ts'

const keymap = createKeymap()
const withSessions = contextOf(applyFleet(initialState({ cols: 120, rows: 40 }), crowd(9).fleet, 1))
const empty = contextOf(initialState({ cols: 120, rows: 40 }))

describe('keymap', () => {
  test('every command of the room has a handler and a line in the help', () => {
    const helped = helpLines(keymap, 112).flatMap((line) => (line.kind === 'command' ? [line.id] : []))
    expect([...helped].sort()).toEqual([...ROOM_COMMANDS].sort())
    expect(ROOM_COMMANDS.filter((id) => HANDLERS[id] === undefined)).toEqual([])
  })

  test('the columns of the help do not run into each other', () => {
    for (const line of helpLines(keymap, 112)) {
      if (line.kind !== 'command') continue
      expect(line.title.length, line.title).toBeLessThan(HELP_COLUMNS.title)
      expect(line.keys.length, line.keys).toBeLessThan(HELP_COLUMNS.keys)
    }
  })

  test.each([
    ['with sessions', withSessions],
    ['in an empty room', empty],
  ] as const)('every key of the table runs a command or says why not, %s', (_, context) => {
    for (const id of ROOM_COMMANDS) {
      for (const key of COMMANDS[id].keys) {
        const mode = COMMANDS[id].scope === 'focus' ? 'focus' : 'room'
        const meaning = meaningOf(keymap, key, { mode, context })
        expect(meaning.kind, key).not.toBe('none')
        if (meaning.kind === 'disabled') expect(meaning.reason).not.toBe('')
      }
    }
  })

  test.each([
    ['with sessions', withSessions],
    ['in an empty room', empty],
  ] as const)('every key of the footer runs what it says, %s', (_, context) => {
    const use = { mode: 'room', context } as const
    for (const hint of hintsOf(keymap, use)) {
      const key = keymap.keysOf(hint.id).find((each) => keyName(each) === hint.key)
      expect(meaningOf(keymap, key!, use)).toEqual({ kind: 'run', id: hint.id })
    }
  })

  test('in focus the footer shows only the way out', () => {
    expect(hintsOf(keymap, { mode: 'focus', context: withSessions }).map((hint) => hint.id)).toEqual(['focus.leave'])
  })

  test('d denies where a permission is shown and starts the demo in an empty room', () => {
    expect(meaningOf(keymap, 'd', { mode: 'room', context: withSessions })).toEqual({ kind: 'run', id: 'need.deny' })
    expect(meaningOf(keymap, 'd', { mode: 'room', context: empty })).toEqual({ kind: 'run', id: 'demo.run' })
  })

  test('a disabled key tells its reason', () => {
    expect(meaningOf(keymap, 'y', { mode: 'room', context: empty })).toMatchObject({
      kind: 'disabled',
      reason: 'The selected session asks nothing',
    })
  })

  test('overrides replace keys', () => {
    const own = createKeymap({ 'session.spawn': ['n', 'ctrl+n'] })
    expect(own.keysOf('session.spawn')).toEqual(['n', 'ctrl+n'])
    expect(own.commandsOf('s')).toEqual([])
  })

  test('hints are never cut, and help is always among them', () => {
    const hints = hintsOf(keymap, { mode: 'room', context: withSessions })
    for (let width = 10; width < 200; width += 7) {
      const fitting = fittingHints(hints, width)
      const used = fitting.reduce((total, hint, index) => total + hintWidth(hint) + (index === 0 ? 0 : 2), 0)
      expect(used).toBeLessThanOrEqual(width)
      expect(fitting.map((hint) => hint.id)).toContain('help.open')
    }
  })

  test('the palette finds commands by letters in order and puts disabled ones last, with their reason', () => {
    const entries = paletteEntries('term', keymap, withSessions)
    expect(entries[0]).toMatchObject({ id: 'session.terminate', disabled: undefined })
    const all = paletteEntries(
      '',
      keymap,
      contextOf(applyFleet(initialState({ cols: 80, rows: 24 }), fleetBuilder().fleet, 1)),
    )
    const firstDisabled = all.findIndex((entry) => entry.disabled !== undefined)
    expect(all.slice(firstDisabled).every((entry) => entry.disabled !== undefined)).toBe(true)
    expect(all.every((entry) => entry.disabled === disabledReason(entry.id, empty))).toBe(true)
  })
})
