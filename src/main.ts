import { homedir, hostname } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ulid } from 'ulid'
import type { HostConnection, TextSink, VerbContext } from './cli/context.ts'
import { printError } from './cli/print.ts'
import { runProgram } from './cli/program.ts'
import type { Client } from './client/client.ts'
import { connectHost } from './client/connect.ts'
import type { PictureStore } from './client/picture-store.ts'
import { connectRoom } from './client/reconnect.ts'
import { type StartedHost, startHost } from './client/start-host.ts'
import { followUserSettings } from './config/follow-user-settings.ts'
import { withIdentity } from './config/identity-file.ts'
import { loadUserSettings } from './config/load-user-settings.ts'
import { type Paths, pathsFrom, userSettingsFile } from './config/paths.ts'
import { ensureStateDirectory } from './config/state-directory.ts'
import { VERSION } from './config/version.ts'
import { identityFrom } from './core/identity.ts'
import { toSessionInfo } from './core/session.ts'
import type { DemoHost } from './demo/run.ts'

/** The file that starts this program: the host and the demo's own agent are started through it again. */
const ENTRY = process.argv[1] ?? fileURLToPath(import.meta.url)
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** How a host is started: V8 would let its young garbage take 128 MB, and never give them back. */
const HOST = { entry: ENTRY, execArgv: ['--max-semi-space-size=8'] } as const

type Environment = Readonly<Record<string, string | undefined>>

const [verb, ...rest] = process.argv.slice(2)
if (verb === 'host-process') await runHost(rest)
else if (verb === 'scripted-agent') (await import('./demo/agents/scripted-agent.ts')).main(rest)
else process.exitCode = await runCommandLine(process.argv.slice(2))

async function runHost(options: readonly string[]): Promise<void> {
  const { runHostProcess } = await import('./host/host-process.ts')
  try {
    await runHostProcess({
      paths: pathsOf(process.env),
      settingsFile: settingsFileOf(process.env),
      version: VERSION,
      entry: ENTRY,
      env: process.env,
      hasLifeline: options.includes('--lifeline'),
    })
    process.exit(0)
  } catch (error) {
    process.exit(await printError({ stderr: sinkOf(process.stderr) }, error, true))
  }
}

function runCommandLine(argv: readonly string[]): Promise<number> {
  const ended = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort())
  // As it is now: loading the room changes it for a moment.
  return runProgram(argv, contextFor(withIdentity({ ...process.env }), ended.signal))
}

function contextFor(env: Environment, signal: AbortSignal): VerbContext {
  return {
    connect: async () => connectionOf(await connect(env, { mayStart: true })),
    connectExisting: () => connectExisting(env),
    openRoom: (options) => openRoom(env, options),
    runDemo: (options) => runDemo(options.hasRoom),
    stateDirectory() {
      const { stateDirectory } = pathsOf(env)
      ensureStateDirectory(stateDirectory)
      return stateDirectory
    },
    hostCommand: [process.execPath, ...HOST.execArgv, ENTRY, 'host-process'],
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    env,
    cwd: process.cwd(),
    hostName: hostname(),
    isTty: process.stdin.isTTY === true && process.stdout.isTTY === true,
    now: Date.now,
    newId: ulid,
    signal,
  }
}

function pathsOf(env: Environment): Paths {
  return pathsFrom({ env, homeDirectory: env['HOME'] ?? homedir(), platform: process.platform })
}

function settingsFileOf(env: Environment): string {
  return userSettingsFile({ env, homeDirectory: env['HOME'] ?? homedir() })
}

interface ConnectHow {
  /** Start a host when there is none. */
  readonly mayStart: boolean
  /** Talk to a host of another version too: for `host status` and `host stop`. */
  readonly isAnyVersion?: boolean
  /** Where pictures go; a room keeps its own over reconnections. */
  readonly pictures?: PictureStore | undefined
}

function connect(env: Environment, how: ConnectHow): Promise<Client> {
  const paths = pathsOf(env)
  const spawnHost = how.mayStart ? (): StartedHost => startHost({ ...HOST, paths, env: { ...env } }) : undefined
  const { isAnyVersion = false, pictures } = how
  const identity = identityFrom(env)
  return connectHost({
    paths,
    version: VERSION,
    spawnHost,
    // Who runs in a session says so first, and may then do what agents may.
    isAnyVersion: isAnyVersion && identity === undefined,
    identity,
    ...(pictures === undefined ? {} : { pictures }),
  })
}

async function connectExisting(env: Environment): Promise<HostConnection | undefined> {
  const { ControlError } = await import('./core/errors.ts')
  try {
    return connectionOf(await connect(env, { mayStart: false, isAnyVersion: true }))
  } catch (error) {
    if (error instanceof ControlError && error.code === 'host.not-running') return undefined
    throw error
  }
}

function connectionOf(client: Client): HostConnection {
  const closed = new Promise<string>((resolve) => {
    client.onClose(({ why }) => resolve(why))
  })
  return { ...client, name: client.name, hostName: client.name === 'host' ? hostname() : client.name, closed }
}

async function openRoom(env: Environment, options: { readonly attach?: string }): Promise<void> {
  // The operator's own also in the demo, whose home is another one.
  const file = settingsFileOf(process.env)
  const { room: settings } = loadUserSettings(file)
  // A host is found, or started, while the room's own parts are loaded.
  const client = connectRoom({ connect: ({ maySpawn, pictures }) => connect(env, { mayStart: maySpawn, pictures }) })
  client.catch(() => {
    // The room tells why, once it is loaded.
  })
  const { openRoomFor } = await import('./ui/open-room.ts')
  const reason = await openRoomFor({
    client,
    connect: () => connect(env, { mayStart: false }),
    env,
    stdin: process.stdin,
    stdout: process.stdout,
    settings,
    followSettings: (listener) =>
      followUserSettings(file, (change) => listener('room' in change ? change.room : change)),
    ...options,
  })
  if (reason === 'demo') await runDemo(true)
}

async function runDemo(hasRoom: boolean): ReturnType<VerbContext['runDemo']> {
  const demo = await import('./demo/run.ts')
  let infos: Awaited<ReturnType<VerbContext['runDemo']>> = []
  await demo.runDemo<OwnedHost>({
    root: ROOT,
    env: process.env,
    scriptedAgent: [process.execPath, ENTRY, 'scripted-agent'],
    startHost: startDemoHost,
    async show(host, whenSpawned) {
      if (hasRoom) await openRoom(host.env, {})
      else await whenSpawned
      const sessions = hasRoom ? [] : await host.orchestrator.listSessions()
      infos = sessions.map((session) => toSessionInfo(session, hostname()))
    },
  })
  return infos
}

interface OwnedHost extends DemoHost {
  readonly env: Environment
}

async function startDemoHost(env: Readonly<Record<string, string>>): Promise<OwnedHost> {
  const paths = pathsOf(env)
  const client = await connectHost({
    paths,
    version: VERSION,
    // Nobody's phone rings for a demo.
    spawnHost: () => startHost({ ...HOST, paths, env: { ...env, SIGNALBOX_CONFIG: '' }, hasLifeline: true }),
  })
  return {
    env,
    orchestrator: client,
    async stop() {
      await client.stopHost()
      client.close()
    },
  }
}

/** Text out, with the reader's pace: resolves when it was taken. */
function sinkOf(stream: NodeJS.WriteStream): TextSink {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(error) : resolve()))
      }),
  }
}
