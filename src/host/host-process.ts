import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ulid } from 'ulid'
import type { Backend, BackendContext } from '../backends/backend.ts'
import { createClaudeBackend } from '../backends/claude/backend.ts'
import { createOpencodeBackend } from '../backends/opencode/backend.ts'
import { createShellBackend } from '../backends/shell/backend.ts'
import type { Paths } from '../config/paths.ts'
import { loadPrices } from '../config/prices.ts'
import type { BackendHealth } from '../core/facts.ts'
import { repairNotice } from '../core/notice.ts'
import type { PriceTable } from '../core/prices.ts'
import { claimStateDirectory } from './endpoint.ts'
import { agentEnvironment } from './environment.ts'
import { createFactLog, type FactLog } from './fact-log.ts'
import { createFocusRegister } from './focus-register.ts'
import { startHookServer } from './hook-server.ts'
import { createHost, type Host } from './host.ts'
import type { HostOptions } from './host-parts.ts'
import { type HostSettings, openHostSettings } from './host-settings.ts'
import { type Journal, openJournal } from './journal.ts'
import { createLog, type Log } from './log.ts'
import { createNeedHook } from './need-hook.ts'
import { withOwnProgram } from './own-program.ts'
import { pushMetrics } from './push-metrics.ts'
import { startServer } from './server.ts'
import { withoutInheritedFiles } from './terminal/launch.ts'

export interface HostProcessOptions {
  readonly paths: Paths
  /** The operator's own settings; there need not be any. */
  readonly settingsFile: string
  readonly version: string
  /** The file that starts this program: agents run it as `signalbox`. */
  readonly entry: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** End when standard input does: for a host that belongs to another process. */
  readonly hasLifeline: boolean
}

/** Runs the host in this process; resolves when it has been stopped and everything is released. */
export async function runHostProcess(options: HostProcessOptions): Promise<void> {
  const { paths, version } = options
  const claim = await claimStateDirectory(paths)
  const log = createLog(paths.log, Date.now)
  const journal = openJournal(paths.journal, Date.now)
  const hooks = await startHookServer(log)
  const { stateDirectory } = paths
  const env = withOwnProgram(agentEnvironment(options.env), {
    stateDirectory,
    node: process.execPath,
    entry: options.entry,
  })
  const settings = openHostSettings(options.settingsFile, log)
  const facts = createFactLog(journal, { now: Date.now, log })
  tellRepair(facts, journal)
  const focus = createFocusRegister()
  const host = createOwnHost(options, { env, log, facts, hooks, settings })
  const needHook = createNeedHook({
    facts,
    env,
    log,
    settings: () => settings.notifications,
    isFocused: focus.has,
    now: Date.now,
  })
  const stopped = Promise.withResolvers<Ending>()
  const server = await startServer({
    claim,
    service: host,
    version,
    startedAt: Date.now(),
    now: () => performance.now(),
    onStopped: () => stopped.resolve({ why: 'asked to stop', isCutOff: false }),
    onFocus: focus.set,
    onUnexpected: (error, where) => log('host.unexpected', { where, detail: describe(error) }),
  })
  const push = await pushMetrics({ env: options.env, log, version, metrics: host.meter, hostName: host.hostName })
  log('host.started', { pid: process.pid, version })
  watchProcess(log, stopped.resolve, options.hasLifeline)
  host.healthCheck().catch((error: unknown) => log('health.failed', { detail: describe(error) }))
  host.recover().catch((error: unknown) => log('host.bug', { detail: describe(error) }))
  const { why, isCutOff } = await stopped.promise
  log('host.stopping', { why })
  needHook.close()
  settings.close()
  await host.stop(isCutOff ? `its host was ended by ${why}` : undefined)
  await push?.stop().catch((error: unknown) => log('metrics.push-failed', { detail: describe(error) }))
  await server.close(why)
  await hooks.close()
  journal.close()
  claim.release()
  log('host.stopped')
}

/** A repair is told until the next start. */
function tellRepair(facts: FactLog, { repair }: Journal): void {
  if (repair !== undefined) facts.append({ type: 'host.noticed', notice: repairNotice(repair) })
  else if (facts.fleet.notices?.journal !== undefined) facts.append({ type: 'host.settled', topic: 'journal' })
}

interface OwnParts extends Pick<HostOptions, 'env' | 'log' | 'facts' | 'hooks'> {
  readonly settings: HostSettings
}

/** The host with its real backends, clock and ids. */
function createOwnHost({ paths, version }: HostProcessOptions, parts: OwnParts): Host {
  const { env, log, facts, hooks, settings } = parts
  const late: { report?: (backend: string, health: BackendHealth) => void } = {}
  const host = createHost({
    hostName: hostname(),
    version,
    socket: paths.socket,
    paths,
    facts,
    hooks,
    backends: createBackends({
      ...{ env, log, paths, prices: loadPrices() },
      onHealth: (backend, health) => late.report?.(backend, health),
    }),
    env,
    log,
    now: Date.now,
    newId: ulid,
    newResumeId: randomUUID,
    stall: settings.stall,
  })
  late.report = host.reportHealth
  return host
}

interface BackendParts {
  readonly env: Readonly<Record<string, string>>
  readonly log: Log
  readonly paths: Paths
  readonly prices: PriceTable
  readonly onHealth: (backend: string, health: BackendHealth) => void
}

function createBackends(parts: BackendParts): readonly Backend[] {
  const contextOf = (name: string): BackendContext => {
    const directory = join(parts.paths.stateDirectory, 'backends', name)
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return {
      alone: withoutInheritedFiles,
      env: parts.env,
      newId: ulid,
      now: Date.now,
      directory,
      prices: parts.prices,
      onHealth: (health) => parts.onHealth(name, health),
      log: (line, data) => parts.log(line, { backend: name, ...data }),
    }
  }
  return [createClaudeBackend(contextOf('claude')), createOpencodeBackend(contextOf('opencode')), createShellBackend()]
}

/** Why a host ends, and whether that is the operator's wish: sessions that are cut off are resumed by the next one. */
interface Ending {
  readonly why: string
  readonly isCutOff: boolean
}

/** The ways a host ends besides being asked. A bug is logged and costs no session. */
function watchProcess(log: Log, end: (ending: Ending) => void, hasLifeline: boolean): void {
  // So a machine that is shut down ends it.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end({ why: signal, isCutOff: true }))
  // The terminal that the host was started from went away: sessions go on.
  process.on('SIGHUP', () => log('host.hangup'))
  process.on('uncaughtException', (error) => log('host.bug', { detail: describe(error) }))
  process.on('unhandledRejection', (error) => log('host.bug', { detail: describe(error) }))
  if (!hasLifeline) return
  const orphaned = (): void => end({ why: 'its owner ended', isCutOff: false })
  process.stdin.on('end', orphaned).on('error', orphaned)
  process.stdin.resume()
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
