import { pssMb } from './cost.ts'
import type { Bench } from './figures.ts'
import { startBenchHost } from './rooms.ts'
import { during, when } from './timing.ts'
import { startTmux, tmuxVersion } from './tmux.ts'

/** More lines than the scrollback holds, in colours and full width, and then nothing. */
const FILL =
  "i=0; while [ $i -lt 1300 ]; do printf '\\033[3%dm%0110d\\033[0m\\n' $((i % 8)) $i; i=$((i + 1)); done; echo FILLED; exec cat"

/** What one session costs the host when its scrollback of 1000 lines is full, beside tmux with the same history. */
export const run: Bench = async ({ isQuick }) => {
  const sessions = isQuick ? 8 : 25
  const ours = await hostMemory(sessions)
  const tmux = tmuxVersion() === undefined ? undefined : await tmuxMemory(sessions)
  return [
    {
      name: `memory for each session (120×40, 1000 lines), of ${sessions}`,
      value: ours.each,
      unit: 'MB',
      ...(tmux === undefined ? {} : { baseline: { name: 'tmux', value: tmux } }),
      budget: { atMost: 6 },
    },
    { name: 'memory of a host without sessions', value: ours.empty, unit: 'MB', budget: { atMost: 90 }, note: 'PSS' },
  ]
}

async function hostMemory(sessions: number): Promise<{ readonly each: number; readonly empty: number }> {
  await using host = await startBenchHost()
  await during(1000)
  const empty = pssMb(host.pid)
  for (let index = 0; index < sessions; index += 1) {
    const id = await host.shell(`full-${index}`, FILL)
    await when(`session ${index} is full`, async () => {
      const { lines } = await host.client.screen(id)
      return lines.some((line) => line.includes('FILLED'))
    })
  }
  await during(3000)
  return { each: (pssMb(host.pid) - empty) / sessions, empty }
}

async function tmuxMemory(sessions: number): Promise<number> {
  await using tmux = await startTmux(['exec cat'])
  tmux.command('set', '-g', 'history-limit', '1000')
  tmux.command('set', '-g', 'default-size', '120x40')
  const before = pssMb(tmux.pids[0])
  for (let index = 0; index < sessions; index += 1) {
    tmux.command('new-session', '-d', '-x', '120', '-y', '40', '-s', `full-${index}`, FILL)
    await when(`pane ${index} is full`, () =>
      tmux.command('capture-pane', '-p', '-t', `full-${index}`).includes('FILLED'),
    )
  }
  return (pssMb(tmux.pids[0]) - before) / sessions
}
