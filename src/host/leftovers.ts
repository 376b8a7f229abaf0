import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { SessionId } from '../core/ids.ts'
import { type Leftover, leftoversNotice } from '../core/notice.ts'
import { plainLine } from '../core/plain-text.ts'
import type { Session } from '../core/session.ts'
import { isProcessAlive, processStart } from '../wire/process-identity.ts'
import type { FactLog } from './fact-log.ts'
import { findSessionProcesses, listProcesses, sendSignal } from './terminal/process-tree.ts'

const GRACE_MS = 2000
const LOOK_MS = 50
/** What starts others while it is ended may have to be looked for again. */
const ROUNDS = 5

/** The processes that sessions of an earlier host left behind. */
export interface Leftovers {
  list(): Promise<readonly Leftover[]>
  /** SIGTERM, two seconds, SIGKILL; resolves with what was ended. Notices that nothing is left. */
  end(): Promise<readonly Leftover[]>
  /** The agent of a session that was cut off, if it still runs: there must never be two on one conversation. */
  endAgentOf(session: Session): Promise<void>
  /** Says how many there are, when there are any. */
  report(): Promise<void>
}

/**
 * Finds them by the mark that every process of a session carries in its environment (ids of sessions are never used again), and that
 * it is older than this host.
 */
export function createLeftovers({ facts }: { readonly facts: FactLog }): Leftovers {
  const ourStart = Number(processStart(process.pid))
  const settle = (): void => {
    if (facts.fleet.notices?.leftovers !== undefined) facts.append({ type: 'host.settled', topic: 'leftovers' })
  }
  const list = async (): Promise<readonly Leftover[]> => {
    const { sessions } = facts.fleet
    const found = await listProcesses()
    const left = found.flatMap(({ pid, marker }) => {
      const isOurs = marker !== undefined && Object.hasOwn(sessions, marker)
      return isOurs && Number(processStart(pid)) < ourStart ? [{ pid, session: marker, command: commandOf(pid) }] : []
    })
    if (left.length === 0) settle()
    return left
  }
  return {
    list,
    async end() {
      const found = await list()
      await endAll(found.map(({ pid }) => pid))
      await list()
      return found
    },
    async endAgentOf({ interruption }) {
      const { pid, processStart: start } = interruption?.agent ?? {}
      if (pid !== undefined && start !== undefined && isProcessAlive(pid, start)) await endAll([pid])
    },
    async report() {
      const count = (await list()).length
      if (count > 0) facts.append({ type: 'host.noticed', notice: leftoversNotice(count) })
    },
  }
}

/** Ends every process that carries the mark of this session, which has no agent now: SIGTERM, two seconds, SIGKILL. */
export async function endProcessesOf(id: SessionId): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = await findSessionProcesses({ leader: undefined, marker: id })
    if (found.length === 0) return
    await endAll(found.map(({ pid }) => pid))
  }
}

async function endAll(pids: readonly number[]): Promise<void> {
  const started = pids.map((pid) => [pid, processStart(pid)] as const)
  const left = () => started.filter(([pid, start]) => isProcessAlive(pid, start)).map(([pid]) => pid)
  for (const pid of left()) sendSignal(pid, 'SIGTERM')
  const until = performance.now() + GRACE_MS
  while (left().length > 0 && performance.now() < until) await pause(LOOK_MS)
  for (const pid of left()) sendSignal(pid, 'SIGKILL')
}

function commandOf(pid: number): string {
  try {
    return plainLine(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')).trim()
  } catch {
    // It ended while it was looked at.
    return ''
  }
}
