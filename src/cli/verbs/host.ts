import { ControlError, fail } from '../../core/errors.ts'
import type { HostHealth } from '../../core/orchestrator.ts'
import type { HostConnection, VerbContext } from '../context.ts'
import { loginUnit } from '../login-unit.ts'
import type { Output } from '../print.ts'
import { ageText } from '../table.ts'
import { argumentAt, type VerbHandler } from '../verb-input.ts'

/** Starts, stops or looks at the background host, or prints what starts it at login. All may be repeated without harm. */
export const host: VerbHandler = async (context, input) => {
  const action = argumentAt(input, 0)
  if (action === 'start') return statusOutput(await (await context.connect()).healthCheck())
  if (action === 'status') return status(context)
  if (action === 'stop') return stop(context)
  if (action === 'unit') return unit(context)
  return fail('usage.invalid', { what: `host takes start, stop, status or unit, not "${action}"` })
}

/** What agents would miss when the host is started by a login manager instead of from a shell. */
const FROM_THE_SHELL = ['PATH', 'LANG', 'SHELL', 'CLAUDE_CONFIG_DIR', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME']

function unit({ env, hostCommand, stateDirectory }: VerbContext): Output {
  const known = FROM_THE_SHELL.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  const text = loginUnit(process.platform, {
    command: hostCommand,
    env: { ...Object.fromEntries(known), SIGNALBOX_STATE: stateDirectory() },
  })
  return { json: { unit: text }, text }
}

async function status(context: VerbContext): Promise<Output> {
  const connection = await context.connectExisting()
  return statusOutput(await connection?.healthCheck())
}

async function stop(context: VerbContext): Promise<Output> {
  const connection = await context.connectExisting()
  const output = statusOutput(undefined)
  if (connection === undefined) return output
  await endHost(connection)
  return { ...output, text: 'The host and its sessions have ended.' }
}

/** How long a host whose sessions have ended may take to go away itself. */
const LEAVE_MS = 5000

/** Ends the host; resolves when it no longer serves, so that the next verb starts a new one. */
export async function endHost(connection: HostConnection): Promise<void> {
  await connection.stopHost()
  const { promise: overdue, reject } = Promise.withResolvers<never>()
  const detail = `its sessions have ended, but after ${LEAVE_MS / 1000} s it is still there`
  const timer = setTimeout(() => reject(new ControlError('host.unreachable', { detail })), LEAVE_MS)
  try {
    await Promise.race([connection.closed, overdue])
  } finally {
    clearTimeout(timer)
  }
}

function statusOutput(health: HostHealth | undefined): Output {
  if (health === undefined) {
    const nothing = { pid: null, version: null, socket: null, sessions: 0, uptimeMs: 0 }
    return { json: { running: false, ...nothing }, text: 'No host is running.' }
  }
  const { pid, version, socket, sessions, uptimeMs } = health
  const count = `${sessions} session${sessions === 1 ? '' : 's'}`
  return {
    json: { running: true, pid, version, socket, sessions, uptimeMs },
    text: `The host is running: pid ${pid}, version ${version}, ${count}, up ${ageText(uptimeMs)}, socket ${socket}`,
  }
}
