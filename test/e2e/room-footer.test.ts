import { describe, expect, test, vi } from 'vitest'
import { COMMANDS, type CommandId, ROOM_COMMANDS } from '../../src/core/commands.ts'
import { keyName } from '../../src/ui/theme/key-names.ts'
import { type Room, startRoom } from '../harness/room.ts'
import type { Screen } from '../harness/screen.ts'
import { openSite } from '../harness/site.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

/** What shows that a command of the footer was run, and what is pressed before it and to be back where it was offered. */
interface Effect {
  readonly before?: readonly string[]
  /** The command is offered here: waited for before its key is pressed. */
  readonly offered?: (screen: Screen) => boolean
  readonly isDone: (screen: Screen) => boolean
  readonly back?: readonly string[]
}

const hasPanel =
  (text: string) =>
  (screen: Screen): boolean =>
    screen.has(text)

const EFFECTS: Readonly<Partial<Record<CommandId, Effect>>> = {
  'scroll.live': {
    before: ['pageup'],
    offered: hasPanel('scrolled back'),
    isDone: (screen) => !screen.has('scrolled back'),
  },
  'session.focus': { isDone: hasPanel('FOCUS'), back: ['ctrl+]'] },
  'focus.leave': { before: ['enter'], offered: hasPanel('FOCUS'), isDone: (screen) => !screen.has('FOCUS') },
  'session.spawn': { isDone: hasPanel('one that is free'), back: ['escape'] },
  'mark.toggle': { isDone: hasPanel('✓'), back: ['space'] },
  'session.terminate': { isDone: hasPanel('Terminate project/'), back: ['n'] },
  'message.nudge': { isDone: hasPanel('Esc cancel'), back: ['escape'] },
  'message.broadcast': { isDone: hasPanel('Broadcast'), back: ['escape'] },
  'session.reply': { isDone: hasPanel('Esc cancel'), back: ['escape'] },
  'session.snooze': { isDone: hasPanel('Snooze project/'), back: ['escape'] },
  'work.sling': { isDone: hasPanel('any agent that is free'), back: ['escape'] },
  'mail.view': { isDone: hasPanel('given up'), back: ['escape'] },
  'work.view': { isDone: hasPanel('in work'), back: ['escape'] },
  'costs.view': { isDone: hasPanel('unpriced'), back: ['escape'] },
  'filter.edit': { isDone: hasPanel('Esc undo'), back: ['escape'] },
  'view.grid': { isDone: (screen) => !screen.has('├'), back: ['v'] },
  'view.zoom': { isDone: (screen) => !screen.has('├'), back: ['v'] },
  'view.triage': { before: ['g'], offered: (screen) => !screen.has('├'), isDone: hasPanel('├') },
  'palette.open': { isDone: hasPanel('Zoom view'), back: ['escape'] },
  'help.open': { isDone: hasPanel('PgDn scroll'), back: ['escape'] },
}

/** Commands that need an agent that asks, or a session that has ended; they have tests of their own. */
const ELSEWHERE: readonly CommandId[] = [
  'need.next',
  'need.allow',
  'need.always',
  'need.deny',
  'session.resume',
  'reader.open',
]

const FOOTER = ROOM_COMMANDS.filter((id) => COMMANDS[id].footer !== undefined)

/** Whether the bottom line offers this command with its first key. */
function offers(screen: Screen, id: CommandId): boolean {
  const { keys, short, title } = COMMANDS[id]
  return screen.row(screen.rows - 1).includes(`${keyName(keys[0] ?? '')} ${short ?? title}`)
}

async function runFromFooter(room: Room, id: CommandId, effect: Effect): Promise<void> {
  room.press(...(effect.before ?? []))
  await room.see(`${id} offered`, (screen) => offers(screen, id) && (effect.offered?.(screen) ?? true))
  room.press(COMMANDS[id].keys[0] ?? '')
  await room.see(`${id} done`, effect.isDone)
  if (effect.back === undefined) return
  room.press(...effect.back)
  await room.see(`back from ${id}`, (screen) => !effect.isDone(screen))
}

describe('the footer', () => {
  test('every command that wants a place in it is tested', () => {
    const tested = [...Object.keys(EFFECTS), ...ELSEWHERE, 'room.quit']
    expect([...FOOTER].sort()).toEqual([...tested].sort())
  })

  test('every key it offers does something', async () => {
    await using site = await openSite()
    await site.shell('long', 'sh', '-c', 'for i in $(seq 1 200); do echo "row-$i."; done; exec cat')
    await using room = await startRoom({ site, size: { cols: 220, rows: 40 } })
    await room.seeText('row-200.')
    for (const [id, effect] of Object.entries(EFFECTS)) await runFromFooter(room, id as CommandId, effect)
    await room.see('room.quit offered', (screen) => offers(screen, 'room.quit'))
    expect((await room.quit()).exitCode).toBe(0)
  })

  test('an ended session is offered to be resumed, and is', async () => {
    await using site = await openSite()
    await site.shell('brief', 'sh', '-c', 'echo ran-once; read line')
    await using room = await startRoom({ site, size: { cols: 220, rows: 40 } })
    await room.seeText('ran-once')
    room.press('enter')
    await room.seeText('FOCUS')
    room.press('enter')
    await room.see('resume offered', (screen) => offers(screen, 'session.resume'))
    room.press('R')
    await room.see('running again', (screen) => screen.has('ran-once') && offers(screen, 'session.focus'))
  })
})
