import { describe, expect, test } from 'vitest'
import { sessionId } from '../../../src/core/ids.ts'
import { createKeymap } from '../../../src/ui/keymap/keymap.ts'
import { splitArguments } from '../../../src/ui/overlays/arguments.ts'
import { openCompose } from '../../../src/ui/overlays/compose.ts'
import { lossesOf } from '../../../src/ui/overlays/confirm.ts'
import { openFilter } from '../../../src/ui/overlays/filter-line.ts'
import { type Overlay, stepOverlay } from '../../../src/ui/overlays/overlay.ts'
import type { OverlayEffect, OverlayInput } from '../../../src/ui/overlays/overlay-input.ts'
import { openPalette } from '../../../src/ui/overlays/palette.ts'
import { openSpawn } from '../../../src/ui/overlays/spawn-form.ts'
import { contextOf } from '../../../src/ui/store/select.ts'
import { initialState } from '../../../src/ui/store/state.ts'
import { applyFleet } from '../../../src/ui/store/transitions/facts.ts'
import { crowd, fleetBuilder } from '../../harness/fleets.ts'

const { fleet } = crowd(5)
const context = contextOf(applyFleet(initialState({ cols: 80, rows: 24 }), fleet, 1))
const room = { keymap: createKeymap(), context, fleet, size: { cols: 80, rows: 24 } }

interface Outcome {
  readonly overlay: Overlay | undefined
  readonly effects: readonly OverlayEffect[]
}

/** Types keys (a word in <> is a named key) into an overlay. */
function type(overlay: Overlay, keys: string): Outcome {
  const effects: OverlayEffect[] = []
  let current: Overlay | undefined = overlay
  for (const [part] of keys.matchAll(/<[^>]+>|./gs)) {
    if (current === undefined) break
    const name = part.length > 1 ? part.slice(1, -1) : part
    const text = part.length > 1 ? undefined : part
    const input: OverlayInput = { kind: 'key', key: { name: text === ' ' ? 'space' : name, text } }
    const step = stepOverlay(current, input, room)
    current = step.overlay
    if (step.effect !== undefined) effects.push(step.effect)
  }
  return { overlay: current, effects }
}

const form = openSpawn({
  backends: [
    { value: 'opencode', problem: 'not found', detail: '' },
    { value: 'claude', problem: undefined, detail: '2.1.0' },
    { value: 'shell', problem: undefined, detail: 'bash', needsCommand: true },
  ],
  hosts: [
    { value: 'here', problem: undefined, detail: '' },
    { value: 'far', problem: undefined, detail: '' },
  ],
  role: 'crew',
  rig: 'api',
  directory: '/srv/api',
  command: '/bin/zsh',
})
const recipients = [
  { id: sessionId('a'), name: 'api/toast' },
  { id: sessionId('b'), name: 'api/nux' },
]
const confirm: Overlay = {
  kind: 'confirm',
  command: 'session.terminate',
  targets: [sessionId('a')],
  question: 'Terminate api/toast?',
  losses: [],
}

describe('spawn form', () => {
  test('works as it is opened: the first backend that can start sessions', () => {
    expect(type(form, '<enter>').effects).toEqual([
      { kind: 'spawn', request: { backend: 'claude', role: 'crew', rig: 'api', workDir: '/srv/api' } },
    ])
  })

  test('every field is reached by Tab and ends up in the request', () => {
    const keys = '<right><tab>!<tab>2<tab>toast<tab><right><tab>/x<tab>fix it<alt+enter>now<tab>-c "a b"<enter>'
    expect(type(form, keys).effects).toEqual([
      {
        kind: 'spawn',
        request: {
          backend: 'shell',
          role: 'crew!',
          rig: 'api2',
          agentName: 'toast',
          remoteHost: 'far',
          workDir: '/srv/api/x',
          prompt: 'fix it\nnow',
          args: ['-c', 'a b'],
        },
      },
    ])
  })

  test('a letter chooses the backend that begins with it', () => {
    expect(type(form, 's<enter>').effects[0]).toMatchObject({ request: { backend: 'shell', args: ['/bin/zsh'] } })
  })

  test('takes no second Enter while the session starts', () => {
    const pending: Overlay = { ...form, pending: { since: 1, known: [] } }
    expect(type(pending, '<enter>x').effects).toEqual([])
    expect(type(pending, '<escape>').overlay).toBeUndefined()
  })
})

describe('other overlays', () => {
  const all: readonly Overlay[] = [
    form,
    openCompose('nudge', recipients),
    openFilter('x'),
    confirm,
    { kind: 'help', scroll: 0 },
    openPalette(),
  ]
  test.each(all.map((overlay) => [overlay.kind, overlay] as const))('Escape leaves %s', (_, overlay) => {
    expect(type(overlay, '<escape>').overlay).toBeUndefined()
  })

  test('a broadcast goes to the recipients that were shown', () => {
    expect(type(openCompose('broadcast', recipients), 'hi there<enter>').effects).toEqual([
      { kind: 'send', type: 'broadcast', to: ['a', 'b'], body: 'hi there' },
    ])
  })

  test('an empty message is not sent and says why', () => {
    const { overlay, effects } = type(openCompose('nudge', recipients), '  <enter>')
    expect(effects).toEqual([])
    expect(overlay).toMatchObject({ problem: 'The message has no text; nothing was sent.' })
  })

  test('the filter is live; Enter keeps it and Escape brings the old one back', () => {
    const typed = type(openFilter('old'), '<ctrl+u>a<enter>')
    expect(typed).toEqual({
      overlay: undefined,
      effects: [
        { kind: 'filter', text: '' },
        { kind: 'filter', text: 'a' },
      ],
    })
    expect(type(openFilter('old'), 'x<escape>').effects.at(-1)).toEqual({ kind: 'filter', text: 'old' })
  })

  test.each(['<enter>', 'n', '<escape>'])('a question is not confirmed by %s', (key) => {
    expect(type(confirm, key)).toEqual({ overlay: undefined, effects: [] })
  })

  test('a question is confirmed by y alone', () => {
    expect(type(confirm, 'x<space>').overlay).toBe(confirm)
    expect(type(confirm, 'y').effects).toEqual([{ kind: 'confirmed', command: 'session.terminate', targets: ['a'] }])
  })

  test('the palette runs what was found, and nothing that is disabled', () => {
    expect(type(openPalette(), 'spawn<enter>').effects).toEqual([{ kind: 'run', command: 'session.spawn' }])
    const disabled = type(openPalette(), 'back to live<enter>')
    expect(disabled.effects).toEqual([])
    expect(disabled.overlay?.kind).toBe('palette')
  })

  test('ending a session names what is unfinished', () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    builder.working(id, 'editing main.ts')
    builder.apply({ type: 'session.replied', id, text: 'done' })
    expect(lossesOf(builder.fleet.sessions[id]!)).toEqual([
      'api/toast is working: editing main.ts',
      'api/toast has a reply you have not read',
    ])
  })
})

test.each([
  ['a b  c', ['a', 'b', 'c']],
  [`-c 'tail -f "x y"'`, ['-c', 'tail -f "x y"']],
  ['"a \\" b" c\\ d', ['a " b', 'c d']],
  ['--x="a b"', ['--x=a b']],
  ['', []],
])('%j splits as a shell would', (line, words) => {
  expect(splitArguments(line)).toEqual(words)
})
