import { randomUUID } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fail } from '../../core/errors.ts'
import type { BackendHealth } from '../../core/facts.ts'
import { parseObject } from '../../core/json.ts'
import { NO_PRICES, type PriceTable } from '../../core/prices.ts'
import type { Agent, AgentPort, Backend, BackendContext, OpenRequest } from '../backend.ts'
import { createAgent } from './agent.ts'
import { conversationFile, isIdTaken } from './conversation-file.ts'
import { hasPrompt } from './given-prompts.ts'
import { checkHealth } from './health.ts'
import { launchArgs, notASession, splitSettings } from './launch.ts'
import { createMonitor } from './monitor.ts'
import { rendererSettings } from './renderer.ts'
import { hookSettings, mergeSettings } from './settings.ts'
import { createStatusFiles, type StatusFiles } from './status-file.ts'

/** Claude Code: one terminal per session, heard through hooks and its live status file. */
export function createClaudeBackend(context: BackendContext): Backend {
  const files = createStatusFiles()
  let health: Promise<BackendHealth> | undefined
  return {
    name: 'claude',
    capabilities: {
      surface: 'pty',
      hasSignals: true,
      confirmsPrompts: true,
      canResume: true,
      canInterrupt: true,
      canFork: true,
      hasOwnEnvironment: true,
      takesFirstPrompt: true,
      answers: ['allow', 'always', 'deny', 'option', 'options', 'text'],
    },
    defaults: { limit: 10, readyDeadlineMs: 60_000 },
    health() {
      health ??= checkHealth(context.env, context.alone).then((result) => {
        // What was missing may be installed later: only a good answer is kept.
        if (result.status !== 'ready') health = undefined
        return result
      })
      return health
    },
    open: (request, port) => open(request, port, { files, prices: context.prices }),
    async shutdown() {
      files.close()
    },
  }
}

/** What all sessions share. */
interface Shared {
  readonly files: StatusFiles
  readonly prices: PriceTable | undefined
}

async function open(asked: OpenRequest, port: AgentPort, { files, prices = NO_PRICES }: Shared): Promise<Agent> {
  const flag = notASession(asked.args)
  if (flag !== undefined) {
    const hint = 'Leave it out, or use the shell backend.'
    fail('usage.invalid', { what: `With ${flag} Claude Code does not open a session; nothing was started`, hint })
  }
  const config = configDirectory(asked.env)
  const request = asked.isResume ? await resumable(asked, config, port) : asked
  const parts = { request, port, files, prices, statusDirectory: join(config, 'sessions') }
  const monitor = createMonitor(parts)
  const channel = await port.openHooks((body, signal) => monitor.onHook(body, signal))
  const { args, settings } = splitSettings(request.args)
  const ours = { ...(await rendererSettings(request.env, config)), ...hookSettings(channel) }
  const settingsFile = await writeSettings(request, ours, settings ?? (await rigSettingsFile(request)))
  const { isResume } = request
  const forkOf = isResume || request.forkOf === undefined ? undefined : await writtenFork(config, request.forkOf)
  const terminal = await port.startProcess({
    program: request.runtime?.command ?? 'claude',
    args: launchArgs({
      ...request,
      prompt: isResume ? undefined : request.prompt,
      forkOf,
      args,
      settingsFile,
    }),
    env: agentEnvironment(request.env),
    cwd: request.workDir,
  })
  monitor.attach(terminal)
  return {
    ...createAgent(monitor, parts, terminal),
    // The conversation may have gone on under another id (`/clear`), but not between a host's end and the next one's start.
    wasGiven: (text, since) => hasPrompt({ config, resumeId: request.resumeId, text, since }),
  }
}

/** Where the program keeps its state. */
function configDirectory(env: Readonly<Record<string, string>>): string {
  return env['CLAUDE_CONFIG_DIR'] ?? join(env['HOME'] ?? '/', '.claude')
}

/** The settings file of the rig, unless it is one that the program reads by itself. */
async function rigSettingsFile({ workDir, runtime }: OpenRequest): Promise<string | undefined> {
  const file = runtime?.settingsFile
  if (file === undefined || dirname(file) === join(workDir, '.claude')) return undefined
  return (await stat(file).catch(() => undefined)) === undefined ? undefined : file
}

async function writeSettings(
  request: OpenRequest,
  ours: Readonly<Record<string, unknown>>,
  theirs: string | undefined,
): Promise<string> {
  const own = theirs === undefined ? {} : (parseObject(theirs) ?? (await readSettings(join(request.workDir), theirs)))
  const file = join(request.directory, 'claude-settings.json')
  await writeFile(file, JSON.stringify(mergeSettings(own, ours)), { mode: 0o600 })
  return file
}

async function readSettings(workDir: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  const path = file.startsWith('/') ? file : join(workDir, file)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  const settings = text === undefined ? undefined : parseObject(text)
  if (settings !== undefined) return settings
  const hint = 'Give a JSON file or a JSON text.'
  fail('usage.invalid', { what: `--settings ${file} holds no settings; nothing was started`, hint })
}

/**
 * What is really started. A conversation that never got a prompt was never written: resuming it would fail, so it starts anew
 * under its id. Where the program was killed at its first prompt the id is taken by what it left, and another one is needed.
 */
async function resumable(request: OpenRequest, config: string, port: AgentPort): Promise<OpenRequest> {
  const { resumeId } = request
  if ((await conversationFile(config, resumeId)) !== undefined) return request
  port.trace({ source: 'host', what: 'resume', detail: 'its conversation was not found: it starts afresh' })
  if (!(await isIdTaken(config, resumeId))) return { ...request, isResume: false }
  const another = randomUUID()
  // Before the program starts: a host that comes after a crash must know it.
  port.emit({ type: 'identified', resumeId: another })
  return { ...request, isResume: false, resumeId: another }
}

/**
 * The conversation to be copied, once it is written: that is a little later than its first reply. One that never got a prompt
 * has nothing to copy, and its copy starts afresh.
 */
async function writtenFork(config: string, id: string): Promise<string | undefined> {
  for (let looks = 1; looks <= LOOKS_FOR_FORK; looks += 1) {
    if ((await conversationFile(config, id)) !== undefined) return id
    await pause(LOOK_AGAIN_MS)
  }
  return undefined
}

const LOOKS_FOR_FORK = 20
const LOOK_AGAIN_MS = 100

/** Left by a Claude Code around us; they would make this one think that it is part of that. */
const NESTED = ['CLAUDECODE', 'CLAUDE_CODE_ENTRYPOINT', 'CLAUDE_CODE_SSE_PORT', 'CLAUDE_CODE_SESSION_ID']

function agentEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NESTED.includes(name)))
}
