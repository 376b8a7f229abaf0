import { startRoom } from '../test/harness/room.ts'
import { childSeconds, cpuPercent, processTree, pssMb, sharedProgramMb } from './cost.ts'
import type { Bench } from './figures.ts'
import { type BenchHost, startBenchHost } from './rooms.ts'
import { during, when } from './timing.ts'
import { startTmux, tmuxVersion } from './tmux.ts'

const SESSIONS = 10
const QUIET = 'echo quiet; exec cat'

/** Ten sessions that do nothing, and the room open on them. */
export const run: Bench = async ({ isQuick }) => {
  const forMs = isQuick ? 5000 : 20_000
  await using host = await startBenchHost()
  for (let index = 0; index < SESSIONS; index += 1) await host.shell(`quiet-${index}`, QUIET)
  await using room = await startRoom({
    site: host.site,
    size: { cols: 200, rows: 60 },
    env: { SIGNALBOX_TEST: '1' },
  })
  await room.seeText('bench/quiet-9')
  await whenIdle(host)
  await during(1500)
  const pids = [host.pid, room.pid]
  const agents = processTree(host.pid).length
  const before = { mark: room.mark, children: pids.map(childSeconds) }
  let most = 0
  const sampler = setInterval(() => {
    most = Math.max(most, processTree(host.pid).length - agents, processTree(room.pid).length - 1)
  }, 100)
  const cpu = await cpuPercent(pids, () => during(forMs))
  clearInterval(sampler)
  const hasForked = most > 0 || pids.map(childSeconds).some((seconds, index) => seconds !== before.children[index])
  const chrome = chromeFrames(room.mark) - chromeFrames(before.mark)
  return [
    {
      name: `idle, ${SESSIONS} sessions: CPU of room + host`,
      value: cpu,
      unit: '% of a core',
      ...(await idleTmux(forMs)),
      budget: { atMost: 0.5 },
    },
    {
      name: 'idle: memory of room + host',
      value: sharedProgramMb(pids),
      unit: 'MB',
      budget: { atMost: 150 },
      note: `program code counted once; PSS ${(pssMb(host.pid) + pssMb(room.pid)).toFixed(0)} MB`,
    },
    { name: 'idle: frames of Ink', value: chrome, unit: 'frames', budget: { atMost: 0 } },
    { name: 'idle: programs started', value: hasForked ? Math.max(1, most) : 0, unit: '', budget: { atMost: 0 } },
  ]
}

async function whenIdle({ client }: BenchHost): Promise<void> {
  await when('all sessions are idle', async () =>
    (await client.listSessions()).every((session) => session.activity === 'idle'),
  )
}

function chromeFrames(mark: object | undefined): number {
  return mark !== undefined && 'chrome' in mark && typeof mark.chrome === 'number' ? mark.chrome : Number.NaN
}

async function idleTmux(forMs: number) {
  if (tmuxVersion() === undefined) return {}
  await using tmux = await startTmux(Array.from({ length: SESSIONS }, () => QUIET))
  await during(1000)
  return { baseline: { name: 'tmux', value: await cpuPercent(tmux.pids, () => during(forMs)) } }
}
