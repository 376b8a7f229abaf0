import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail } from '../../core/errors.ts'
import type { BackendHealth } from '../../core/facts.ts'
import { parseObject } from '../../core/json.ts'
import { NO_PRICES, type PriceTable } from '../../core/prices.ts'
import type { Agent, AgentPort, Backend, BackendContext, OpenRequest } from '../backend.ts'
import { createAgent } from './agent.ts'
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
      hasOwnEnvironment: true,
      takesFirstPrompt: true,
      answers: ['allow', 'always', 'deny', 'option', 'options', 'text'],
    },
    defaults: { limit: 10, readyDeadlineMs: 60_000 },
    health() {
      health ??= checkHealth(context.env).then((result) => {
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

async function open(request: OpenRequest, port: AgentPort, { files, prices = NO_PRICES }: Shared): Promise<Agent> {
  const flag = notASession(request.args)
  if (flag !== undefined) {
    const hint = 'Leave it out, or use the shell backend.'
    fail('usage.invalid', { what: `With ${flag} Claude Code does not open a session; nothing was started`, hint })
  }
  const config = configDirectory(request.env)
  const parts = { request, port, files, prices, statusDirectory: join(config, 'sessions') }
  const monitor = createMonitor(parts)
  const channel = await port.openHooks((body, signal) => monitor.onHook(body, signal))
  const { args, settings } = splitSettings(request.args)
  const ours = { ...(await rendererSettings(request.env, config)), ...hookSettings(channel) }
  const settingsFile = await writeSettings(request, ours, settings ?? (await rigSettingsFile(request)))
  const isResume = request.isResume && (await hasConversation(config, request.resumeId))
  const terminal = await port.startProcess({
    program: request.runtime?.command ?? 'claude',
    args: launchArgs({ ...request, isResume, args, settingsFile }),
    env: agentEnvironment(request.env),
    cwd: request.workDir,
  })
  monitor.attach(terminal)
  return createAgent(monitor, parts, terminal)
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

/** A conversation that never got a prompt was never written: resuming it would fail, so it starts anew under its id. */
async function hasConversation(config: string, id: string): Promise<boolean> {
  const projects = join(config, 'projects')
  const folders = await readdir(projects).catch(() => [])
  const found = await Promise.all(
    folders.map((folder) =>
      stat(join(projects, folder, `${id}.jsonl`)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}

/** Left by a Claude Code around us; they would make this one think that it is part of that. */
const NESTED = ['CLAUDECODE', 'CLAUDE_CODE_ENTRYPOINT', 'CLAUDE_CODE_SSE_PORT', 'CLAUDE_CODE_SESSION_ID']

function agentEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NESTED.includes(name)))
}
