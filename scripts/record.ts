/**
 * Records what the real agents, and vttest where it is installed, print into terminals of two sizes, for the render oracle. The
 * agents run in a laboratory against the scripted model. `npm run record -- claude` records only what has that in its name.
 * See docs/rendering.md.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Lab, startLab } from '../test/harness/lab.ts'
import { startOpencode } from '../test/harness/opencode.ts'
import type { TerminalSize } from '../test/oracle/our-screen.ts'
import { type Recording, writeRecording } from '../test/oracle/recording.ts'
import { cleanRecording } from './record/clean.ts'
import { type Recorded, startRecorder } from './record/recorder.ts'
import { claudeFullscreen, claudeInline, opencode, play, type Step } from './record/scenes.ts'
import { TOURS, tour } from './record/vttest.ts'

const SIZES: readonly TerminalSize[] = [
  { cols: 80, rows: 24 },
  { cols: 120, rows: 40 },
]
const wanted = process.argv[2] ?? ''

for (const size of SIZES) {
  const end = `${size.cols}x${size.rows}`
  await record(`claude-inline-${end}`, (name) => claude({ name, size }, claudeInline(size), {}))
  await record(`claude-fullscreen-${end}`, (name) =>
    claude({ name, size }, claudeFullscreen(size), { CLAUDE_CODE_NO_FLICKER: '1' }),
  )
  await record(`opencode-${end}`, (name) => attached({ name, size }, opencode(size)))
}
for (const { name, path } of TOURS) {
  await record(name, (recordedAs) => vttest(recordedAs, path))
}

type Subject = Pick<Recorded, 'name' | 'size'>

async function record(name: string, take: (name: string) => Promise<Recording>): Promise<void> {
  if (!name.includes(wanted)) return
  const { bytes } = writeRecording(await take(name))
  process.stdout.write(`${name}: ${(bytes / 1000).toFixed(1)} kB\n`)
}

async function claude(
  subject: Subject,
  steps: readonly Step[],
  env: Readonly<Record<string, string>>,
): Promise<Recording> {
  await using lab = await startLab()
  return await inLab(
    lab,
    {
      ...subject,
      program: 'claude',
      args: ['--permission-mode', 'default'],
      cwd: lab.project,
      env: { ...lab.env, ...env },
    },
    steps,
  )
}

async function attached(subject: Subject, steps: readonly Step[]): Promise<Recording> {
  await using lab = await startLab()
  await using server = await startOpencode({ cwd: lab.project, env: lab.env })
  const args = ['attach', server.url, '--dir', lab.project]
  return await inLab(lab, { ...subject, program: 'opencode', args, cwd: lab.project, env: lab.env }, steps)
}

async function inLab(lab: Lab, recorded: Recorded, steps: readonly Step[]): Promise<Recording> {
  await using recorder = startRecorder(recorded)
  await play(recorder, steps)
  return cleanRecording(recorder.recording(), lab.folder)
}

async function vttest(name: string, path: readonly string[]): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-lab-'))
  try {
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' }
    const size = { cols: 80, rows: 24 }
    await using recorder = startRecorder({ name, program: 'vttest', args: ['24x80.80'], cwd: folder, env, size })
    await tour(recorder, path)
    return cleanRecording(recorder.recording(), folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
