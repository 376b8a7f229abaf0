import { homedir } from 'node:os'
import { loadConfig } from '../../config/load.ts'
import { loadUserSettings } from '../../config/load-user-settings.ts'
import { userSettingsFile } from '../../config/paths.ts'
import { type ConfigWarning, warningText } from '../../config/settings-file.ts'
import { EXIT, toControlError } from '../../core/errors.ts'
import type { BackendHealth } from '../../core/facts.ts'
import { plainLine } from '../../core/plain-text.ts'
import type { VerbContext } from '../context.ts'
import { hasOption, type VerbHandler } from '../verb-input.ts'
import { endHost } from './host.ts'

/** One thing that was looked at. */
interface Check {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly detail: string
  readonly hint: string | null
}

const MARK = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ' } as const

const OLDEST_NODE = 22
const MEASURED_NODE = 24

/** Checks programs, versions, directories and the host. A host that was started for it is stopped again. */
export const doctor: VerbHandler = async (context, input) => {
  const state = checkStateDirectory(context)
  const host = state.status === 'failed' ? [] : await checkHost(context, hasOption(input, 'fix'))
  const checks = [
    checkNode(),
    checkTerminal(context),
    checkSettings(context),
    checkOwnSettings(context),
    state,
    ...host,
  ].flat()
  const isOk = checks.every(({ status }) => status !== 'failed')
  return {
    json: { ok: isOk, checks },
    text: checks.map(checkText).join('\n'),
    exit: isOk ? EXIT.ok : EXIT.failed,
  }
}

function checkText({ name, status, detail, hint }: Check): string {
  const first = `${MARK[status]}${name.padEnd(16)}${plainLine(detail)}`
  return hint === null ? first : `${first}\n${' '.repeat(24)}${plainLine(hint)}`
}

function checkNode(): Check {
  const { node } = process.versions
  const major = Number.parseInt(node, 10)
  const detail = `Node ${node} at ${process.execPath}`
  if (major < OLDEST_NODE) return failed('node', detail, `Install Node ${OLDEST_NODE} or newer.`)
  if (major >= MEASURED_NODE) return ok('node', detail)
  return { name: 'node', status: 'ok', detail: `${detail} (developed and measured on ${MEASURED_NODE})`, hint: null }
}

function checkTerminal({ env, isTty }: VerbContext): Check {
  const term = env['TERM'] ?? ''
  if (!isTty) return ok('terminal', 'none here; the room needs one, the verbs do not')
  if (term === '' || term === 'dumb') {
    return {
      name: 'terminal',
      status: 'warning',
      detail: `TERM is "${term}"`,
      hint: 'Set TERM to what your terminal is, for example xterm-256color.',
    }
  }
  return ok('terminal', `${term}${env['COLORTERM'] === undefined ? '' : `, ${env['COLORTERM']}`}`)
}

function checkSettings({ cwd }: VerbContext): readonly Check[] {
  try {
    const { town, rig, warnings } = loadConfig(cwd)
    const files = [town?.file, rig.file].filter((file) => file !== undefined)
    const found = ok('settings', files.length === 0 ? 'none; the defaults hold' : files.join(', '))
    return [found, ...warnings.map((each) => warning('settings', each))]
  } catch (error) {
    return [failure('settings', error)]
  }
}

function checkOwnSettings({ env }: VerbContext): readonly Check[] {
  try {
    const file = userSettingsFile({ env, homeDirectory: env['HOME'] ?? homedir() })
    const { isThere, warnings } = loadUserSettings(file)
    const found = ok('own settings', isThere ? file : `none at ${file}; the defaults hold`)
    return [found, ...warnings.map((each) => warning('own settings', each))]
  } catch (error) {
    return [failure('own settings', error)]
  }
}

function checkStateDirectory(context: VerbContext): Check {
  try {
    return ok('state', context.stateDirectory())
  } catch (error) {
    return failure('state', error)
  }
}

async function checkHost(context: VerbContext, isFixing: boolean): Promise<readonly Check[]> {
  try {
    const existing = await context.connectExisting()
    const connection = existing ?? (await context.connect())
    const ended = isFixing ? await connection.endLeftovers() : []
    const { version, pid, sessions, backends, notices, leftovers } = await connection.healthCheck()
    const detail =
      existing === undefined
        ? `starts and answers (version ${version})`
        : `version ${version}, pid ${pid}, ${sessions} sessions`
    // One that has brought sessions back is left to go on with them.
    if (existing === undefined && sessions === 0) await endHost(connection)
    return [
      ok('host', detail),
      ...notices.map(({ topic, text }) => warn(topic, text)),
      ...leftovers.map(({ pid: left, command }) => warn('leftover', `${left} ${command}`)),
      ...ended.map(({ pid: left, command }) => ok('ended', `${left} ${command}`)),
      ...checkBackends(backends),
    ]
  } catch (error) {
    return [failure('host', error)]
  }
}

const STATUS = { checking: 'warning', ready: 'ok', degraded: 'warning', unavailable: 'warning' } as const

function checkBackends(backends: Readonly<Record<string, BackendHealth>>): readonly Check[] {
  const checks = Object.entries(backends).map(([name, { status, detail, version, program }]): Check => {
    const what = [version, program].filter((each) => each !== undefined).join(' at ')
    return { name, status: STATUS[status], detail: what === '' ? detail : `${detail} (${what})`, hint: null }
  })
  const agents = Object.keys(backends).filter((name) => name !== 'shell' && backends[name]?.status !== 'unavailable')
  if (agents.length > 0) return checks
  return [
    ...checks,
    failed('agents', 'no agent program can be started', 'Install Claude Code or Opencode, or try `signalbox demo`.'),
  ]
}

function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, hint: null }
}

function warning(name: string, { file, line, problem }: ConfigWarning): Check {
  return { name, status: 'warning', detail: warningText({ file, line, problem }), hint: null }
}

function warn(name: string, detail: string): Check {
  return { name, status: 'warning', detail, hint: null }
}

function failed(name: string, detail: string, hint: string): Check {
  return { name, status: 'failed', detail, hint }
}

function failure(name: string, error: unknown): Check {
  const { message, hint } = toControlError(error)
  return failed(name, message, hint)
}
