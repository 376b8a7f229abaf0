import { expect, test } from 'vitest'
import { createInputParser, type InputEvent } from '../../../src/ui/terminal/input.ts'
import { keyName } from '../../../src/ui/terminal/key.ts'
import { bytesOf, createManualClock } from './manual-clock.ts'

function read(...chunks: (string | Uint8Array)[]): InputEvent[] {
  const clock = createManualClock()
  const events: InputEvent[] = []
  const parser = createInputParser({ onEvent: (event) => events.push(event), schedule: clock.schedule })
  for (const chunk of chunks) parser.push(typeof chunk === 'string' ? bytesOf(chunk) : chunk)
  clock.runAll()
  return events
}

function names(...chunks: (string | Uint8Array)[]): string[] {
  return read(...chunks).map((event) => (event.type === 'key' ? keyName(event.key) : event.type))
}

test.each([
  ['a', ['a']],
  ['N', ['N']],
  ['?*', ['?', '*']],
  [' ', ['space']],
  ['é漢🚀', ['é', '漢', '🚀']],
  ['\r', ['enter']],
  ['\n', ['ctrl+j']],
  ['\t', ['tab']],
  ['\x1b[Z', ['shift+tab']],
  ['\x7f', ['backspace']],
  ['\x08', ['backspace']],
  ['\x00', ['ctrl+space']],
  ['\x03', ['ctrl+c']],
  ['\x1d', ['ctrl+]']],
  ['\x1c', ['ctrl+\\']],
  ['\x1f', ['ctrl+_']],
  ['\x1b', ['escape']],
  ['\x1b\x1b', ['escape', 'escape']],
  ['\x1bx', ['alt+x']],
  ['\x1bN', ['alt+N']],
  ['\x1b\r', ['alt+enter']],
  ['\x1bé', ['alt+é']],
  ['\x1b[', ['alt+[']],
  ['\x1b]', ['alt+]']],
  ['\x1bO', ['alt+O']],
  ['\x1bPx', ['alt+P', 'x']],
  ['\x1b[A\x1bOB\x1b[C\x1bOD', ['up', 'down', 'right', 'left']],
  ['\x1b[H\x1bOF\x1b[1~\x1b[4~\x1b[7~\x1b[8~', ['home', 'end', 'home', 'end', 'home', 'end']],
  ['\x1b[2~\x1b[3~\x1b[5~\x1b[6~', ['insert', 'delete', 'pageup', 'pagedown']],
  ['\x1bOP\x1bOS\x1b[11~\x1b[15~\x1b[17~\x1b[24~', ['f1', 'f4', 'f1', 'f5', 'f6', 'f12']],
  ['\x1b[[A\x1b[[E', ['f1', 'f5']],
  ['\x1b[1;5A\x1b[1;2D\x1b[1;3C', ['ctrl+up', 'shift+left', 'alt+right']],
  ['\x1b[5;5~\x1b[15;6~', ['ctrl+pageup', 'ctrl+shift+f5']],
  ['\x1b[1;2R', ['shift+f3']],
  ['\x1b[97u\x1b[97;5u', ['a', 'ctrl+a']],
  ['\x1b[93;5u', ['ctrl+]']],
  ['\x1b[93;69u', ['ctrl+]']],
  ['\x1b[27;5;93~', ['ctrl+]']],
  ['\x1b[110;2u\x1b[110:78;2u', ['N', 'N']],
  ['\x1b[110;6u\x1b[27;6;78~', ['ctrl+shift+n', 'ctrl+shift+n']],
  ['\x1b[13;2u\x1b[27u\x1b[9;2u', ['shift+enter', 'escape', 'shift+tab']],
  ['\x1b[97;1:3u\x1b[57441;2u', []],
  ['\x1b[57400u\x1b[57414u\x1b[57376u', ['1', 'enter', 'f13']],
  ['\x1bOM\x1bOp', ['enter', '0']],
] as const)('%j is read as %j', (input, expected) => {
  expect(names(input)).toEqual(expected)
})

test('a key that types something carries its text', () => {
  const texts = read('aN \x1b[97u', '\x03').map((event) => (event.type === 'key' ? event.key.text : event.type))
  expect(texts).toEqual(['a', 'N', ' ', 'a', undefined])
})

test('an Escape waits a moment for the rest of a sequence, a sequence longer', () => {
  const clock = createManualClock()
  const events: InputEvent[] = []
  const parser = createInputParser({ onEvent: (event) => events.push(event), schedule: clock.schedule })
  parser.push(bytesOf('\x1b'))
  expect(events).toEqual([])
  expect(clock.delays()).toEqual([25])
  parser.push(bytesOf('[1;'))
  expect(clock.delays()).toEqual([500])
  parser.push(bytesOf('5A'))
  expect(clock.delays()).toEqual([])
  expect(events.map((event) => event.type === 'key' && keyName(event.key))).toEqual(['ctrl+up'])
})

test('a disposed parser leaves nothing on the clock', () => {
  const clock = createManualClock()
  const parser = createInputParser({ onEvent: () => undefined, schedule: clock.schedule })
  parser.push(bytesOf('\x1b'))
  parser.dispose()
  expect(clock.delays()).toEqual([])
})

test('characters and sequences may be cut anywhere', () => {
  const rocket = bytesOf('🚀')
  expect(names(rocket.slice(0, 1), rocket.slice(1, 3), rocket.slice(3))).toEqual(['🚀'])
  expect(names('\x1b', '[', '5', '~')).toEqual(['pageup'])
})

test('what is no character becomes the replacement character', () => {
  expect(names(Uint8Array.of(0xff, 0x61, 0xc3, 0x28, 0xe2, 0x82))).toEqual(['\ufffd', 'a', '\ufffd', '(', '\ufffd'])
})

test('mouse reports in SGR and X10 form', () => {
  const plain = { shift: false, alt: false, ctrl: false }
  expect(read('\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<64;1;1M\x1b[<35;3;4M\x1b[<50;3;4M')).toEqual([
    { type: 'mouse', x: 9, y: 4, button: 'left', action: 'press', ...plain },
    { type: 'mouse', x: 9, y: 4, button: 'left', action: 'release', ...plain },
    { type: 'mouse', x: 0, y: 0, button: 'wheelup', action: 'wheel', ...plain },
    { type: 'mouse', x: 2, y: 3, button: 'none', action: 'move', ...plain },
    { type: 'mouse', x: 2, y: 3, button: 'right', action: 'drag', ...plain, ctrl: true },
  ])
  expect(read(Uint8Array.of(0x1b, 0x5b, 0x4d, 32, 33 + 200, 33))).toEqual([
    { type: 'mouse', x: 200, y: 0, button: 'left', action: 'press', ...plain },
  ])
})

test('focus reports', () => {
  expect(read('\x1b[I\x1b[O')).toEqual([
    { type: 'focus', in: true },
    { type: 'focus', in: false },
  ])
})

test.each([
  '\x1b[?62;22c',
  '\x1b[>1;10;0c',
  '\x1b[12;40R',
  '\x1b[?1;2R',
  '\x1b[0n',
  '\x1b[?2026;2$y',
  '\x1b[?1u',
  '\x1b[8;24;80t',
  '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
  '\x1b]10;rgb:ffff/ffff/ffff\x07',
  '\x1bP>|kitty(0.30)\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1b_Gi=1;OK\x1b\\',
])('the reply %j reaches nobody as keys', (reply) => {
  expect(read(`${reply}a`).map((event) => event.type)).toEqual(['reply', 'key'])
})

test('Ctrl+C is never lost in an unfinished reply or sequence', () => {
  expect(names('\x1b]11;rgb:', '\x03')).toEqual(['reply', 'ctrl+c'])
  expect(names('\x1b[12;', '\x03')).toEqual(['reply', 'ctrl+c'])
})

test('a long paste over many chunks is one event', () => {
  const text = 'line with 漢字 and \u{1f680}\n'.repeat(4000)
  const bytes = bytesOf(`\x1b[200~${text.replaceAll('\n', '\r')}\x1b[201~x`)
  expect(bytes.length).toBeGreaterThan(100_000)
  const chunks = Array.from({ length: Math.ceil(bytes.length / 1013) }, (_, at) =>
    bytes.slice(at * 1013, (at + 1) * 1013),
  )
  const events = read(...chunks)
  expect(events).toHaveLength(2)
  expect(events[0]).toEqual({ type: 'paste', text })
})

test('keys, chords and escapes inside a paste are text, and control characters are taken out', () => {
  expect(read('\x1b[200~q\x1d\x1b[A\x1b[20\x00\tz\x1b[201~')).toEqual([{ type: 'paste', text: 'q[A[20\tz' }])
})

test('an end of a paste without a start is nothing', () => {
  expect(names('\x1b[201~a')).toEqual(['a'])
})
