import { readFile } from 'node:fs/promises'
import { freemem } from 'node:os'
import type { Capabilities } from '../backends/backend.ts'
import { findSessionProcesses } from './terminal/process-tree.ts'

/** What memory there is, and what sessions take. */
export interface MemoryGauge {
  freeMb(): number
  /** The average of the sessions of each backend as last measured; a backend of which none ever was is absent. */
  sessionMb(): Readonly<Record<string, number>>
}

/** A session with a process of its own. */
export interface MeasuredSession {
  readonly backend: string
  readonly pid: number
}

const STALE_MS = 10_000
const PAGE_KB = 4

/** Measures when it is asked and the last figures are old; what is asked is answered at once, with the last ones. */
export function createMemoryGauge(sessions: () => readonly MeasuredSession[], now: () => number): MemoryGauge {
  let figures: Readonly<Record<string, number>> = {}
  let measuredAt = Number.NEGATIVE_INFINITY
  return {
    freeMb: () => freemem() / 1024 / 1024,
    sessionMb() {
      if (now() - measuredAt > STALE_MS) {
        measuredAt = now()
        void measure(sessions()).then((fresh) => {
          figures = { ...figures, ...fresh }
        })
      }
      return figures
    },
  }
}

/**
 * What a session is taken for until one of its backend has been measured, in MB: as nothing, a whole first batch would start on a
 * machine that has room for half of it. Rather too much than too little: what waits for memory goes on by itself.
 */
export function firstGuessMb({ surface, hasSignals }: Pick<Capabilities, 'surface' | 'hasSignals'>): number {
  // They share one server, which takes 0.5 GB for ten of them.
  if (surface === 'transcript') return 50
  // A coding agent is a program with a runtime of its own: Claude Code takes 200–300 MB at its prompt. A program that tells nothing is a shell.
  return hasSignals ? 300 : 20
}

async function measure(sessions: readonly MeasuredSession[]): Promise<Readonly<Record<string, number>>> {
  const sizes = await Promise.all(sessions.map(async ({ backend, pid }) => ({ backend, mb: await treeMb(pid) })))
  const known = sizes.filter(({ mb }) => mb > 0)
  const average = (backend: string): number => {
    const ofBackend = known.filter((each) => each.backend === backend)
    return ofBackend.reduce((sum, { mb }) => sum + mb, 0) / ofBackend.length
  }
  return Object.fromEntries(known.map(({ backend }) => [backend, average(backend)]))
}

/** Resident memory of all processes of a session. */
async function treeMb(leader: number): Promise<number> {
  const processes = await findSessionProcesses({ leader, marker: undefined })
  const sizes = await Promise.all(processes.map(({ pid }) => residentKb(pid)))
  return sizes.reduce((sum, kb) => sum + kb, 0) / 1024
}

async function residentKb(pid: number): Promise<number> {
  try {
    const [, pages] = (await readFile(`/proc/${pid}/statm`, 'latin1')).split(' ')
    return Number(pages) * PAGE_KB
  } catch {
    // It ended meanwhile, or there is no /proc here: nothing is known of it.
    return 0
  }
}
