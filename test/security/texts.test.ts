import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRequest } from '../../src/backends/claude/needs.ts'
import { needFor } from '../../src/backends/opencode/needs.ts'
import { jsonText } from '../../src/cli/print.ts'
import { boundedSignal, LONGEST_NEED, LONGEST_REPLY } from '../../src/core/bounds.ts'
import { interpret } from '../../src/core/interpret.ts'
import type { NeedDraft } from '../../src/core/need.ts'
import { plainText, visibleText } from '../../src/core/plain-text.ts'
import { redactText } from '../../src/core/redact.ts'
import { createLog } from '../../src/host/log.ts'
import { aNeed, aSession } from '../harness/sessions.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

/** A shell runs what stands between the escapes; a terminal would show none of it. */
const HIDDEN = 'echo \x1b]0; rm -rf ~; echo \x07done \u202e#evil\u202c \u200bx'
const SHOWN = 'echo ␛]0; rm -rf ~; echo ␇done ‹U+202E›#evil‹U+202C› ‹U+200B›x'

function raised(need: NeedDraft): NeedDraft {
  const context = { now: 1, newId: () => 'NEW' }
  const [fact] = interpret(aSession(), { type: 'need', need, source: 'hook' }, context)
  if (fact?.type !== 'session.need-raised') throw new Error('no need was raised')
  return fact.need
}

function draft(change: Partial<NeedDraft>): NeedDraft {
  const { id: _, raisedAt: __, ...rest } = aNeed(change)
  return rest
}

describe('what the operator is asked to allow', () => {
  test('hides nothing that would run: a command of Claude Code', () => {
    const body = { tool_name: 'Bash', tool_input: { command: HIDDEN } }
    const { need } = readRequest(body, { key: 'k', callId: undefined, workDir: '/w' })
    expect(raised(need).body).toBe(SHOWN)
  })

  test('hides nothing that would run: a command of Opencode', () => {
    const details = { command: HIDDEN }
    const request = { kind: 'permission', id: 'p', permission: 'ba\x1b[8msh', patterns: [], always: [HIDDEN], details }
    const need = raised(needFor(request as unknown as Parameters<typeof needFor>[0]))
    expect([need.title, need.body, need.always]).toEqual(['ba␛[8msh', SHOWN, SHOWN])
  })

  test('has no character left that a terminal obeys or that turns words around, whatever an agent sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { title, body, options } = raised(
          draft({ title: text, body: text, options: [{ key: '1', label: text }] }),
        )
        for (const each of [title, body, options[0]?.label ?? '']) expect(plainText(each)).toBe(each)
        expect(visibleText(visibleText(text))).toBe(visibleText(text))
      }),
    )
  })

  test('can only be denied from outside when it is too long to be shown whole', () => {
    const padded = draft({ body: `ls ${' '.repeat(LONGEST_NEED)}; rm -rf ~` })
    expect(raised(padded).answers).toEqual(['deny'])
    expect(raised(padded).body.length).toBeLessThan(LONGEST_NEED + 100)
    expect(raised(padded).body).toMatch(/… \d+ characters more: look at the session$/)
    const options = Array.from({ length: 101 }, (_, at) => ({ key: `${at}`, label: 'yes' }))
    expect(raised(draft({ options, answers: ['option', 'deny'] })).answers).toEqual(['deny'])
    expect(raised(draft({})).answers).toEqual(['allow', 'always', 'deny'])
  })
})

describe('what else an agent says', () => {
  test('is kept up to a length, and is one line where it is one', () => {
    const reply = boundedSignal({ type: 'replied', text: 'x'.repeat(LONGEST_REPLY * 2) })
    expect(reply.type === 'replied' && reply.text.length).toBeLessThan(LONGEST_REPLY + 100)
    const why = `forged\n\x1b]0;NEEDS YOU\x07${'y'.repeat(9000)}`
    const activity = boundedSignal({ type: 'activity', activity: 'working', why, source: 'hook' })
    expect(activity.type === 'activity' && activity.why).toMatch(/^forged y+…$/)
  })
})

describe('a JSON document on a terminal', () => {
  test('says the same, and has nothing that the terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const printed = jsonText({ text }, 2)
        expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify({ text })))
        expect(plainText(printed)).toBe(printed)
      }),
    )
    expect(jsonText(['née 漢字 🚀'])).toBe('["née 漢字 🚀"]')
    expect(jsonText('\x9b31m\u202e')).toBe('"\\u009b31m\\u202e"')
  })
})

const SECRETS: readonly (readonly [string, string])[] = [
  ['key sk-ant-api03-AbCdEfGhIjKlMnOpQrSt_uvw failed', 'key [redacted] failed'],
  ['ANTHROPIC_API_KEY=abc123 claude', 'ANTHROPIC_API_KEY=[redacted] claude'],
  ['{"password":"hunter2","user":"me"}', '{"password":"[redacted]","user":"me"}'],
  ['Authorization: Bearer abcdefgh.12345', 'Authorization: Bearer [redacted]'],
  ['authorization: Basic b3BlbmNvZGU6c2VjcmV0', 'authorization: Basic [redacted]'],
  ['fatal: https://me:s3cret@git.example/x.git', 'fatal: https://me:[redacted]@git.example/x.git'],
  ['SIGNALBOX_TOKEN=q1w2e3r4 signalbox nudge', 'SIGNALBOX_TOKEN=[redacted] signalbox nudge'],
  ['--api-key abcdef --verbose', '--api-key [redacted] --verbose'],
  ['ghp_0123456789abcdefABCDEF and AKIAABCDEFGHIJKLMNOP', '[redacted] and [redacted]'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig', '[redacted]'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- after', '[redacted] after'],
]

describe('secrets', () => {
  test.each(SECRETS)('%j is logged as %j', (written, logged) => {
    expect(redactText(written)).toBe(logged)
    expect(redactText(logged)).toBe(logged)
  })

  test.each(['tokens: 4500', 'its session ended: exit code 1', '/home/me/token-ring/a.ts:12', 'https://host:8080/x@y'])(
    '%j is none',
    (text) => expect(redactText(text)).toBe(text),
  )

  test('take no time to be looked for in hostile text', () => {
    for (const text of ['token'.repeat(1600), 'a.'.repeat(4000), 'eyJ-'.repeat(2000), 'x://'.repeat(2000)])
      expect(redactText(text).length).toBeGreaterThan(0)
  })

  test('never reach the log of the host, which stays short', () => {
    using directory = temporaryDirectory()
    mkdirSync(join(directory.path, 'l'))
    const file = join(directory.path, 'l/host.log')
    const log = createLog(file, () => 0)
    log('x', {
      detail: 'sk-ant-api03-AbCdEfGhIjKlMnOpQrSt',
      headers: { authorization: 'Bearer 1' },
      token: 't',
      list: ['A_SECRET=b'],
    })
    expect(readFileSync(file, 'utf8')).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","line":"x","detail":"[redacted]","headers":{"authorization":"[redacted]"},"token":"[redacted]","list":["A_SECRET=[redacted]"]}\n',
    )
    for (let count = 0; count < 750; count += 1) log('flood', { detail: 'y'.repeat(20_000) })
    const sizes = [file, `${file}.1`].map((each) => statSync(each))
    for (const { size, mode } of sizes) {
      expect(size).toBeLessThan(5.2 * 1024 * 1024)
      expect(mode & 0o777).toBe(0o600)
    }
  })
})
