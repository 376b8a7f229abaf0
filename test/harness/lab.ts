import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type AgentPlace, agentEnvironment, prepareHome } from '../../src/demo/agents/environment.ts'
import { type AgentPrograms, findPrograms } from '../../src/demo/agents/programs.ts'
import { type ModelOptions, type ModelServer, startModel } from '../../src/demo/model/server.ts'

/** Everything a test with real agents needs, in one temporary folder. */
export interface Lab extends AsyncDisposable {
  readonly folder: string
  readonly home: string
  /** A git repository with one commit. */
  readonly project: string
  readonly model: ModelServer
  readonly programs: AgentPrograms
  /** Complete: give it to a child as it is. `claude`, `opencode` and `node` resolve by name. */
  readonly env: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '../..')

/** How a lab differs from others. */
export interface LabOptions extends Pick<AgentPlace, 'hasSnapshots'> {
  readonly model?: ModelOptions
}

/** Makes the folder, starts the model. Disposing closes the model and removes the folder; children are the test's. */
export async function startLab({ model: modelOptions, ...options }: LabOptions = {}): Promise<Lab> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-lab-')))
  const [home, project, bin] = [join(folder, 'home'), join(folder, 'project'), join(folder, 'bin')]
  const temporary = join(folder, 'tmp')
  const programs = findPrograms({ root })
  await mkdir(bin)
  await mkdir(temporary)
  await Promise.all(Object.entries(programs).map(([name, file]) => symlink(file, join(bin, name))))
  await prepareHome(home, { trusted: [folder, project] })
  const model = await startModel(modelOptions)
  const env = {
    PATH: [bin, join(root, 'node_modules/.bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    SHELL: '/bin/sh',
    // Both agents leave files in the temporary folder; they go with the lab.
    TMPDIR: temporary,
    CLAUDE_CODE_TMPDIR: temporary,
    ...agentEnvironment({ home, modelUrl: model.url, ...options }),
  }
  await makeProject(project, env)
  return {
    folder,
    home,
    project,
    model,
    programs,
    env,
    [Symbol.asyncDispose]: async () => {
      await model.close()
      // An agent that has just been killed may still have a grandchild that writes its last file.
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

async function makeProject(project: string, env: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(project)
  await writeFile(join(project, 'README.md'), '# Project\n')
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-q', '-m', 'Start'],
  ]) {
    execFileSync('git', args, { cwd: project, env })
  }
}
