import { describe, expect, it } from 'vitest'
import { type LaunchRequest, launchArgs, notASession, splitSettings } from '../../../src/backends/claude/launch.ts'
import { promptKey, promptText } from '../../../src/backends/claude/prompt-text.ts'
import { hookSettings, mergeSettings } from '../../../src/backends/claude/settings.ts'
import { readVersion, whatMayBreak } from '../../../src/backends/claude/versions.ts'
import { parseObject } from '../../../src/core/json.ts'

const request: LaunchRequest = {
  agentName: 'toast',
  resumeId: 'id-1',
  isResume: false,
  prompt: undefined,
  args: [],
  settingsFile: '/s.json',
}
const ours = ['--settings', '/s.json', '--name', 'toast', '--permission-mode', 'default']

describe('launchArgs', () => {
  it.each<[string, Partial<LaunchRequest>, readonly string[]]>([
    ['a new conversation', {}, ['--session-id', 'id-1', ...ours]],
    ['a resumed one', { isResume: true }, ['--resume', 'id-1', ...ours]],
    ['a copy', { forkOf: 'id-0' }, ['--resume', 'id-0', '--fork-session', '--session-id', 'id-1', ...ours]],
    ['a prompt that looks like a flag', { prompt: '-p x' }, ['--session-id', 'id-1', ...ours, '--', '-p x']],
    ['a prompt that looks like a command', { prompt: '/clear' }, ['--session-id', 'id-1', ...ours, '--', '`/clear`']],
    ["the operator's arguments", { args: ['--model', 'm'] }, ['--session-id', 'id-1', ...ours, '--model', 'm']],
    [
      "the operator's mode",
      { args: ['--permission-mode=plan'] },
      ['--session-id', 'id-1', ...ours.slice(0, 4), '--permission-mode=plan'],
    ],
    [
      'skipped permissions',
      { args: ['--dangerously-skip-permissions'] },
      ['--session-id', 'id-1', ...ours.slice(0, 4), '--dangerously-skip-permissions'],
    ],
    [
      "the operator's name",
      { args: ['-n', 'mine'] },
      ['--session-id', 'id-1', '--settings', '/s.json', '--permission-mode', 'default', '-n', 'mine'],
    ],
    ["its role's mode", { permissions: 'plan' }, ['--session-id', 'id-1', ...ours.slice(0, 5), 'plan']],
    [
      "its role's instructions",
      { instructions: 'be brief' },
      ['--session-id', 'id-1', ...ours, '--append-system-prompt', 'be brief'],
    ],
    [
      "the operator's mode over its role's",
      { args: ['--permission-mode', 'x'], permissions: 'plan' },
      ['--session-id', 'id-1', ...ours.slice(0, 4), '--permission-mode', 'x'],
    ],
    ["the operator's conversation", { args: ['-c'] }, [...ours, '-c']],
    [
      "the operator's conversation, resumed by its own id",
      { args: ['-c', '--model', 'm'], isResume: true },
      ['--resume', 'id-1', ...ours, '--model', 'm'],
    ],
    [
      'one that the operator named, copied',
      { args: ['--session-id=x', '-r', 'y', '--model', 'm', '--', '-c'], forkOf: 'id-0' },
      ['--resume', 'id-0', '--fork-session', '--session-id', 'id-1', ...ours, '--model', 'm', '--', '-c'],
    ],
    ['a flag behind --', { args: ['--', '--name'] }, ['--session-id', 'id-1', ...ours, '--', '--name']],
  ])('makes the arguments for %s', (_what, change, expected) => {
    expect(launchArgs({ ...request, ...change })).toEqual(expected)
  })

  it.each([
    [['--print'], '--print'],
    [['--model', 'm', '-p'], '-p'],
    [['--', '-p'], undefined],
    [[], undefined],
  ])('finds what does not open a session in %j', (args, flag) => {
    expect(notASession(args)).toBe(flag)
  })

  it.each([
    [['--settings', 'a.json', '-c'], ['-c'], 'a.json'],
    [['-c', '--settings={}'], ['-c'], '{}'],
    [['-c'], ['-c'], undefined],
    [['--', '--settings', 'x'], ['--', '--settings', 'x'], undefined],
  ])("takes the operator's settings out of %j", (args, rest, settings) => {
    expect(splitSettings(args)).toEqual({ args: rest, settings })
  })
})

describe('promptText', () => {
  it.each([
    ['plain', 'plain'],
    ['/clear', '`/clear`'],
    ['  /cost now', '`/cost` now'],
    ['/home/x is full', '`/home/x` is full'],
    ['exit', '`exit`'],
    ['exit the loop', 'exit the loop'],
    ['!ls', ' !ls'],
    ['# note', ' # note'],
    ['\u200b/clear', '`/clear`'],
    ['end \\', 'end \\ '],
    ['see @file', 'see @file '],
    ['mail a@b.c', 'mail a@b.c'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['a\x1b[201~b\x03\x00', 'a[201~b'],
    ['text  \n\n', 'text'],
    ['\ttab', '\ttab'],
  ])('turns %j into %j', (text, expected) => {
    expect(promptText(text)).toBe(expected)
  })

  it.each([
    ['a b\n  c', 'a  b c', true],
    ['\n\n<pasted_content id="07b4">\nrow\n</pasted_content>', 'row', true],
    ['👍🏽 ok', '👍 ok', true],
    ['👍🏽', '👍', true],
    ['👍', '👎', false],
    ['one', 'two', false],
  ])('compares %j and %j: %j', (left, right, isSame) => {
    expect(promptKey(left) === promptKey(right)).toBe(isSame)
  })
})

describe('settings', () => {
  const channel = { url: 'http://127.0.0.1:1/h', headers: { authorization: 'Bearer s' } }

  it('asks for hooks over HTTP, and for a status line never', () => {
    const settings = hookSettings(channel)
    expect(Object.keys(settings)).toEqual(['hooks'])
    expect(settings['hooks']).toMatchObject({ Stop: [{ hooks: [{ type: 'http', ...channel, timeout: 5 }] }] })
  })

  it("adds its hooks to the operator's and leaves the rest as it is", () => {
    const theirs = { model: 'm', statusLine: { type: 'command' }, hooks: { Stop: [{ hooks: ['mine'] }], Other: ['x'] } }
    const merged = mergeSettings(theirs, { hooks: { Stop: ['ours'], PreToolUse: ['ours'] } })
    expect(merged).toEqual({
      ...theirs,
      hooks: { Stop: [{ hooks: ['mine'] }, 'ours'], Other: ['x'], PreToolUse: ['ours'] },
    })
  })

  it.each([
    ['{"a":1}', { a: 1 }],
    ['[1]', undefined],
    ['file.json', undefined],
    ['null', undefined],
  ])('reads %j', (text, expected) => {
    expect(parseObject(text)).toEqual(expected)
  })
})

describe('versions', () => {
  it.each([
    ['2.1.330 (Claude Code)', '2.1.330', true],
    ['2.1.100', '2.1.100', true],
    ['2.1.99', '2.1.99', false],
    ['3.0.0', '3.0.0', false],
    ['hello', undefined, undefined],
  ])('reads %j', (output, version, isSupported) => {
    expect(readVersion(output)).toBe(version)
    if (version !== undefined) expect(whatMayBreak(version) === undefined).toBe(isSupported)
  })
})
