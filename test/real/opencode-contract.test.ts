import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import { createOpencodeBackend } from '../../src/backends/opencode/backend.ts'
import { type Bench, backendSuite } from '../contract/backend-suite.ts'
import { backendContext } from '../harness/backend-context.ts'
import { startLab } from '../harness/lab.ts'

/** A server starts in 1.5 s on a quiet machine and in ten times that on a busy one. */
vi.setConfig({ testTimeout: 90_000 })

/** The real opencode, which talks to a scripted model on loopback. */
async function createBench(): Promise<Bench> {
  const lab = await startLab()
  const directory = join(lab.folder, 'opencode')
  await mkdir(directory)
  const backend = createOpencodeBackend(backendContext({ env: lab.env, directory }))
  return {
    backend,
    env: lab.env,
    workDir: lab.project,
    folder: join(lab.folder, 'sessions'),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}

backendSuite({
  name: 'opencode',
  create: createBench,
  capabilities: {
    surface: 'transcript',
    hasSignals: true,
    confirmsPrompts: true,
    canResume: true,
    canInterrupt: true,
    canFork: true,
    hasOwnEnvironment: false,
    takesFirstPrompt: true,
    answers: ['allow', 'always', 'deny', 'option', 'options', 'text'],
  },
  words: {
    say: (text) => `SAY ${text}`,
    slow: (seconds) => `SLOW ${seconds}`,
    // "always" holds for the whole directory: only the cases that are about it use the command that they allow.
    run: (command) => (command.includes('always') ? `RUN ${command}` : `RUN env ${command}`),
    ask: (question, options) => `ASK ${[question, ...options].join(' | ')}`,
    fail: 'FAIL 400',
  },
})
