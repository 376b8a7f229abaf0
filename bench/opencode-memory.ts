import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Lab, startLab } from '../test/harness/lab.ts'
import { processTree, pssMb } from './cost.ts'
import type { Bench } from './figures.ts'
import { type Outer, openOuter } from './outer.ts'
import { startBenchHost } from './rooms.ts'
import { during, when } from './timing.ts'

const PROMPT = 'SAY The answer is on the screen.'

/** Real Opencode sessions, each after one prompt: host, room and server beside as many separate programs. */
export const run: Bench = async ({ isQuick }) => {
  const sessions = isQuick ? 3 : 10
  await using lab = await startLab()
  const [ours, separate] = [await underSignalbox(lab, sessions), await separately(lab, sessions)]
  return [
    {
      name: `${sessions} live Opencode sessions: memory with host and room`,
      value: ours,
      unit: 'MB',
      baseline: { name: `${sessions} separate programs`, value: separate },
      isRatio: true,
      ...(isQuick ? {} : { budget: { atMost: 0.15 } }),
      note: 'PSS',
    },
  ]
}

async function underSignalbox(lab: Lab, sessions: number): Promise<number> {
  await using host = await startBenchHost(lab.env)
  const ids = await Promise.all(
    Array.from({ length: sessions }, (_, index) =>
      host.client.spawnSession({
        backend: 'opencode',
        role: 'crew',
        rig: 'bench',
        agentName: `open-${index}`,
        workDir: lab.project,
        prompt: PROMPT,
      }),
    ),
  )
  await using room = host.openRoom()
  await room.printed('bench/open-')
  await when('every session has replied', async () => {
    const all = await Promise.all(ids.map((id) => host.client.getSession(id)))
    return all.every((session) => session.activity === 'idle' && session.lastReply !== undefined)
  })
  await during(3000)
  return memoryOf([host.pid, room.pid])
}

async function separately(lab: Lab, sessions: number): Promise<number> {
  const programs: Outer[] = []
  try {
    for (let index = 0; index < sessions; index += 1) {
      // A server of its own each, as an operator has it who starts the program in ten terminals.
      const data = join(lab.folder, `data-${index}`)
      mkdirSync(data)
      const env = { ...lab.env, XDG_DATA_HOME: data, XDG_STATE_HOME: data }
      const outer = openOuter({
        file: 'opencode',
        args: ['--prompt', PROMPT],
        env,
        cwd: lab.project,
        cols: 120,
        rows: 40,
      })
      programs.push(outer)
      await outer.printed('answer', 60_000)
    }
    await during(3000)
    return memoryOf(programs.map(({ pid }) => pid))
  } finally {
    for (const program of programs) await program[Symbol.asyncDispose]()
  }
}

function memoryOf(roots: readonly number[]): number {
  const pids = new Set(roots.flatMap((pid) => processTree(pid)))
  return [...pids].reduce((sum, pid) => sum + pssMb(pid), 0)
}
