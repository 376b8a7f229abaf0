import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTerminalModes } from '../../../src/ui/terminal/modes.ts'
import { desktopWay, noticeSequence } from '../../../src/ui/terminal/notification.ts'

describe('a desktop notification', () => {
  test.each([
    ['iTerm2', { TERM_PROGRAM: 'iTerm.app', TERM: 'xterm-256color' }, 'osc9'],
    ['iTerm2 at the other end of ssh', { LC_TERMINAL: 'iTerm2' }, 'osc9'],
    ['WezTerm', { TERM_PROGRAM: 'WezTerm' }, 'osc9'],
    ['Ghostty', { TERM_PROGRAM: 'ghostty' }, 'osc9'],
    ['Ghostty at the other end of ssh', { TERM: 'xterm-ghostty' }, 'osc9'],
    ['kitty', { TERM: 'xterm-kitty' }, 'osc9'],
    ['foot', { TERM: 'foot-extra' }, 'osc777'],
    ['rxvt-unicode', { TERM: 'rxvt-unicode-256color' }, 'osc777'],
    ['Konsole', { KONSOLE_VERSION: '230804' }, 'osc777'],
    ['VTE', { VTE_VERSION: '7600' }, 'osc777'],
    ['a VTE that prints what it does not know', { VTE_VERSION: '4205' }, 'off'],
    ['tmux, whatever is around it', { TMUX: '/tmp/tmux', TERM: 'screen-256color', LC_TERMINAL: 'iTerm2' }, 'off'],
    ['a terminal that nothing is known of', { TERM: 'xterm-256color' }, 'off'],
    ['the console', { TERM: 'linux' }, 'off'],
  ] as const)('is asked of %s by the right sequence', (_, env, way) => {
    expect(desktopWay('auto', env)).toBe(way)
  })

  test('is asked as the operator says', () => {
    expect(desktopWay('osc777', { TMUX: 'x' })).toBe('osc777')
    expect(desktopWay('off', { TERM_PROGRAM: 'WezTerm' })).toBe('off')
  })

  test('is one sequence and a bell', () => {
    const notice = { bell: true, text: '2 sessions need you; a, b' } as const
    expect(noticeSequence({ ...notice, desktop: 'osc9' })).toBe('\x1b]9;signalbox: 2 sessions need you, a, b\x1b\\\x07')
    expect(noticeSequence({ ...notice, bell: false, desktop: 'osc777' })).toBe(
      '\x1b]777;notify;signalbox;2 sessions need you, a, b\x1b\\',
    )
    expect(noticeSequence({ ...notice, desktop: 'off' })).toBe('\x07')
    expect(noticeSequence({ ...notice, bell: false, desktop: 'off' })).toBe('')
  })

  test('has no words that end the sequence or add a field', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('osc9', 'osc777'), (text, desktop) => {
        const sequence = noticeSequence({ bell: false, desktop, text })
        expect(sequence.slice(2, -2)).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        expect(sequence.match(/;/g)).toHaveLength(desktop === 'osc9' ? 1 : 3)
      }),
    )
  })
})

describe('the title', () => {
  test('is set again when the terminal is taken again, and given back when there is none any more', () => {
    const modes = createTerminalModes({ mouse: false })
    modes.enter()
    expect(modes.title('signalbox')).toBe('\x1b]2;signalbox\x07')
    modes.restore()
    expect(modes.title('signalbox: 1 need you')).toBe('')
    expect(modes.enter()).toContain('\x1b]2;signalbox: 1 need you\x07')
    expect(modes.title(undefined)).toBe('\x1b[23;0t\x1b[22;0t')
    expect(modes.title(undefined)).toBe('')
    expect(modes.restore() + modes.enter()).not.toContain('\x1b]2;')
  })
})
