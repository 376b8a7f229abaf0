import { describe, expect, test } from 'vitest'
import { createScreen, type Screen } from '../../../src/host/terminal/screen.ts'

const PALETTE = { foreground: '#aabbcc', background: '#102030', cursor: '#ff0000' }

function ask(...questions: readonly string[]): string {
  let answers = ''
  const options = { cols: 80, rows: 24, version: '1.2.3', palette: PALETTE }
  const screen: Screen = createScreen({
    ...options,
    reply: (bytes) => {
      answers += bytes
    },
  })
  for (const question of questions) screen.write(question)
  screen.dispose()
  return answers.replaceAll('\x1b', 'ESC')
}

describe('questions a program asks its terminal', () => {
  test.each([
    ['name and version', '\x1b[>0q', 'ESCP>|signalbox(1.2.3)ESC\\'],
    ['name, without a number', '\x1b[>q', 'ESCP>|signalbox(1.2.3)ESC\\'],
    ['primary attributes', '\x1b[c', 'ESC[?1;2c'],
    ['cursor position', '\x1b[5;7H\x1b[6n', 'ESC[5;7R'],
    ['status', '\x1b[5n', 'ESC[0n'],
    ['a mode that is off', '\x1b[?2026$p', 'ESC[?2026;2$y'],
    ['a mode nobody knows', '\x1b[?2027$p', 'ESC[?2027;0$y'],
    ['foreground', '\x1b]10;?\x07', 'ESC]10;rgb:aaaa/bbbb/ccccESC\\'],
    ['background', '\x1b]11;?\x1b\\', 'ESC]11;rgb:1010/2020/3030ESC\\'],
    ['cursor colour', '\x1b]12;?\x07', 'ESC]12;rgb:ffff/0000/0000ESC\\'],
    ['two colours at once', '\x1b]10;?;?\x07', 'ESC]10;rgb:aaaa/bbbb/ccccESC\\ESC]11;rgb:1010/2020/3030ESC\\'],
    [
      'indexed colours',
      '\x1b]4;1;?;196;?;244;?\x07',
      'ESC]4;1;rgb:cdcd/0000/0000ESC\\ESC]4;196;rgb:ffff/0000/0000ESC\\ESC]4;244;rgb:8080/8080/8080ESC\\',
    ],
    ['an indexed colour that does not exist', '\x1b]4;999;?;x;?\x07', ''],
    ['setting a colour', '\x1b]11;#ffffff\x07\x1b]4;1;#ffffff\x07', ''],
    ['size in pixels', '\x1b[14t', 'ESC[4;480;800t'],
    ['size of a cell', '\x1b[16t', 'ESC[6;20;10t'],
    ['size in cells', '\x1b[18t', 'ESC[8;24;80t'],
    ['dark or light', '\x1b[?996n', 'ESC[?997;1n'],
    ['termcap', '\x1bP+q4d73\x1b\\', 'ESCP0+rESC\\'],
    ['title (never told)', '\x1b]0;evil\x07\x1b[21t', ''],
    ['clipboard (never told)', '\x1b]52;c;?\x07', ''],
    ['graphics', '\x1b_Gi=1,a=q;AAAA\x1b\\', ''],
  ])('%s', (_, question, answer) => {
    expect(ask(question)).toBe(answer)
  })

  test('answers come in the order of the questions', () => {
    expect(ask('\x1b[>0q\x1b[c\x1b]11;?\x07\x1b[6n')).toBe(
      'ESCP>|signalbox(1.2.3)ESC\\ESC[?1;2cESC]11;rgb:1010/2020/3030ESC\\ESC[1;1R',
    )
  })

  test('the palette can change', () => {
    let answers = ''
    const screen = createScreen({
      cols: 10,
      rows: 2,
      reply: (bytes) => {
        answers += bytes
      },
    })
    screen.setPalette({ foreground: '#000000', background: '#ffffff' })
    screen.write('\x1b[?996n\x1b]12;?\x07')
    expect(answers).toBe('\x1b[?997;2n\x1b]12;rgb:0000/0000/0000\x1b\\')
    screen.dispose()
  })
})

describe('the kitty keyboard protocol', () => {
  const flags = (...sequences: readonly string[]): string => ask(...sequences, '\x1b[?u')

  test.each([
    ['off at first', [], 0],
    ['pushed', ['\x1b[>1u'], 1],
    ['pushed twice and popped', ['\x1b[>1u', '\x1b[>3u', '\x1b[<u'], 1],
    ['popped by number', ['\x1b[>1u', '\x1b[>3u', '\x1b[>7u', '\x1b[<2u'], 1],
    ['popped more than there is', ['\x1b[>1u', '\x1b[<9u'], 0],
    ['set', ['\x1b[=5u'], 5],
    ['added', ['\x1b[>1u', '\x1b[=4;2u'], 5],
    ['removed', ['\x1b[>7u', '\x1b[=2;3u'], 5],
    ['unknown flags', ['\x1b[>255u'], 31],
    ['the other screen has its own', ['\x1b[>3u', '\x1b[?1049h'], 0],
    ['and the first keeps its', ['\x1b[>3u', '\x1b[?1049h', '\x1b[>8u', '\x1b[?1049l'], 3],
    ['a full reset', ['\x1b[>3u', '\x1bc'], 0],
    ['no end of pushes', [`\x1b[>1u`.repeat(1000), '\x1b[<16u'], 0],
    ['restoring the cursor is another sequence', ['\x1b[s', '\x1b[u', '\x1b[>2u'], 2],
  ])('%s', (_, sequences, expected) => {
    expect(flags(...sequences)).toBe(`ESC[?${expected}u`)
  })
})
