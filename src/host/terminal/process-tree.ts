import { readdir, readFile } from 'node:fs/promises'
import { parseProcessStat } from '../../core/process-stat.ts'

/** A process as far as stopping a session needs it. */
export interface ProcessEntry {
  readonly pid: number
  /** Id of its process group. */
  readonly group: number
  /** Process id of the leader of its terminal session. */
  readonly terminalSession: number
  /** Value of SIGNALBOX_SESSION in the environment it was started with. */
  readonly marker: string | undefined
}

/** The environment variable that marks every process of a session, whatever it does to leave its terminal. */
export const SESSION_MARKER = 'SIGNALBOX_SESSION'

async function readEntry(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const { isZombie, group, terminalSession } = parseProcessStat(await readFile(`/proc/${pid}/stat`, 'latin1'))
    // Nothing is left to stop.
    if (isZombie) return undefined
    return { pid, group, terminalSession, marker: await readMarker(pid) }
  } catch {
    // It ended while we were looking.
    return undefined
  }
}

async function readMarker(pid: number): Promise<string | undefined> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1')
    const entry = environment.split('\0').find((line) => line.startsWith(`${SESSION_MARKER}=`))
    return entry?.slice(SESSION_MARKER.length + 1)
  } catch {
    // Another user's process: not ours to read, nor to stop.
    return undefined
  }
}

async function scan(): Promise<readonly ProcessEntry[]> {
  if (process.platform !== 'linux') return []
  const names = await readdir('/proc')
  const pids = names.map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid)
  const entries = await Promise.all(pids.map(readEntry))
  return entries.filter((entry) => entry !== undefined)
}

let running: Promise<readonly ProcessEntry[]> | undefined

/**
 * All living processes but this one; empty where there is no /proc. Callers at the same moment share one look, so that
 * stopping a hundred sessions does not mean a hundred looks.
 */
export function listProcesses(): Promise<readonly ProcessEntry[]> {
  running ??= scan().finally(() => {
    running = undefined
  })
  return running
}

/** Processes of one session: those in its terminal session and those that carry its marker. */
export async function findSessionProcesses(session: {
  readonly leader: number | undefined
  readonly marker: string | undefined
}): Promise<readonly ProcessEntry[]> {
  const { leader, marker } = session
  const entries = await listProcesses()
  const isPart = (entry: ProcessEntry): boolean =>
    (leader !== undefined && entry.terminalSession === leader) || (marker !== undefined && entry.marker === marker)
  return entries.filter(isPart)
}

/** Sends a signal; a negative id means a process group. Says whether there was anything to send it to. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    // Gone already, or not ours: nothing more can be done about it.
    return false
  }
}
