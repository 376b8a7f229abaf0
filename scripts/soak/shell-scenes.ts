import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Actor } from './actor.ts'
import type { Scene } from './turn-scenes.ts'
import { pass, until } from './until.ts'

/** What runs in a shell session: it does what it is told, line by line, and leaves a file when that is done. */
export const SHELL_PROGRAM = `while read -r what count; do
  case $what in
    print) i=0; while [ $i -lt $count ]; do echo "line $i"; sleep 0.2; i=$((i+1)); done ;;
    flood) yes 'the quick brown fox jumps over the lazy dog' | head -c "$count"000000 ;;
    leave) exit "$count" ;;
  esac
  : > "$DONE"
done`

/** Output makes it work, and so many milliseconds without make it rest. */
const QUIET_AFTER_MS = 2000

function doneFile({ place, name }: Pick<Actor, 'place' | 'name'>): string {
  return join(place.lab.folder, `done-${name}`)
}

/** The arguments of a shell session with this name. */
export function shellArgs(place: Actor['place'], name: string): readonly string[] {
  return ['env', `DONE=${doneFile({ place, name })}`, 'sh', '-c', SHELL_PROGRAM]
}

function prints(name: string, order: string): Scene {
  return {
    name,
    play: async (actor) => {
      const { truth, client, id } = actor
      rmSync(doneFile(actor), { force: true })
      truth.is(['idle', 'working'], 'an order is on its way to it')
      await client.sendMessage(id, { type: 'nudge', body: order, from: 'operator' })
      truth.is('working', 'it prints')
      await until(`${order} is done`, () => (existsSync(doneFile(actor)) ? true : undefined), 60_000)
      truth.is('idle', 'it has printed', { withinMs: truth.now.withinMs + QUIET_AFTER_MS })
      await pass(QUIET_AFTER_MS + 2500)
    },
  }
}

function leaves(code: number): Scene {
  const end = code === 0 ? 'stopped' : 'exited'
  return {
    name: `exit ${code}`,
    play: async (actor) => {
      const { truth, client, id } = actor
      truth.is(['idle', 'working', end], 'it is told to leave')
      await client.sendMessage(id, { type: 'nudge', body: `leave ${code}`, from: 'operator' })
      truth.is(end, 'it was told to leave')
      await pass(3000)
      truth.is([end, 'starting', 'working', 'idle'], 'it is started again')
      await client.resume(id)
      await pass(QUIET_AFTER_MS + 2500)
      truth.is('idle', 'it was started again')
      await pass(1000)
    },
  }
}

/** The life of a session of which only output and exit are known. */
export const SHELL_SCENES: readonly Scene[] = [
  prints('print', 'print 15'),
  prints('flood', 'flood 20'),
  leaves(0),
  leaves(3),
]
