import { setTimeout } from 'node:timers/promises'
import { eventually } from '../../test/harness/eventually.ts'
import { BACK_WITHIN_MS, type Town } from './town.ts'

/** What a host that stood still for a while makes of it. */
export interface HoldReport {
  readonly heldSeconds: number
  /** Sessions that were not simply going on afterwards. */
  readonly disturbed: readonly string[]
}

/** Stops the host with SIGSTOP, lets it go on, and looks whether anything is concluded from the silence. */
export async function runHold({ site, names, room }: Town, holdMs: number): Promise<HoldReport> {
  const pid = site.hostPid()
  if (pid === undefined) throw new Error('there is no host')
  const before = await site.agents()
  await site.json('nudge', names[2] ?? '', 'SLOW 3 said while it stood still')
  process.kill(pid, 'SIGSTOP')
  await setTimeout(holdMs)
  process.kill(pid, 'SIGCONT')
  await site.nudge(names[0] ?? '', 'SAY here again')
  await room().seeText('sessions', BACK_WITHIN_MS)
  for (const name of names) await site.idle(name)
  const after = await eventually(
    'nothing is left open',
    async () => {
      const now = await site.agents()
      return now.every(({ need }) => need === null) ? now : undefined
    },
    { deadlineMs: BACK_WITHIN_MS, describe: site.hostLog },
  )
  const disturbed = before.filter(
    ({ id, pid: was }) => !after.some((each) => each.id === id && each.state === 'running' && each.pid === was),
  )
  return { heldSeconds: holdMs / 1000, disturbed: disturbed.map(({ agentName }) => agentName) }
}
