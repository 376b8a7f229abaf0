import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { parseProcessStat } from '../../core/process-stat.ts'
import type { Dispose } from '../../core/scope.ts'

/** What the live status file of one process says. */
export type Reading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken' }
  | {
      readonly kind: 'found'
      /** Undefined while the program starts. */
      readonly status: string | undefined
      readonly waitingFor: string | undefined
      readonly conversation: string | undefined
    }

/** Whether it says that the program shows a dialog. */
export function isWaiting(reading: Reading): boolean {
  return reading.kind === 'found' && reading.status === 'waiting'
}

const ABSENT: Reading = { kind: 'absent' }
const BROKEN: Reading = { kind: 'broken' }

/** The status in the text of a status file. The file is rewritten in place, so a reader may see half of it. */
export function parseStatus(text: string): Reading {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return BROKEN
    const { status, waitingFor, sessionId } = value as Readonly<Record<string, unknown>>
    const word = (field: unknown) => (typeof field === 'string' ? field : undefined)
    return { kind: 'found', status: word(status), waitingFor: word(waitingFor), conversation: word(sessionId) }
  } catch {
    // Half a file: the caller looks again.
    return BROKEN
  }
}

/** Follows the status files of all sessions of a backend. */
export interface StatusFiles {
  /** Reads one file now. */
  read(directory: string, pid: number): Reading
  /** Calls back whenever the reading has changed. */
  follow(directory: string, pid: number, listener: (reading: Reading) => void): Dispose
  close(): void
}

interface Followed {
  readonly directory: string
  readonly pid: number
  readonly listener: (reading: Reading) => void
  last: string
  isQuiet: boolean
}

const BUSY_POLL_MS = 250
const IDLE_POLL_MS = 2000
const RETRY_MS = 20

/**
 * One watcher per directory and one slow poll for what a watcher misses: four times a second while a session works, waits or
 * starts, every two seconds when all are idle, none without sessions.
 */
export function createStatusFiles(): StatusFiles {
  const followed = new Set<Followed>()
  let timer: NodeJS.Timeout | undefined

  const look = (each: Followed, isRetry = false) => {
    const reading = readStatus(each.directory, each.pid)
    if (reading.kind === 'broken' && !isRetry) {
      setTimeout(() => followed.has(each) && look(each, true), RETRY_MS).unref()
      return
    }
    const text = JSON.stringify(reading)
    if (text === each.last) return
    each.last = text
    each.isQuiet = reading.kind === 'found' && reading.status === 'idle'
    each.listener(reading)
    schedule()
  }
  const lookAt = (isWanted: (each: Followed) => boolean) => {
    for (const each of [...followed]) if (isWanted(each)) look(each)
  }
  const watchers = createWatchers((directory, name) => lookAt((each) => isNamed(each, directory, name)))
  const poll = () => {
    lookAt(() => true)
    for (const { directory } of followed) watchers.open(directory)
    schedule()
  }
  const schedule = () => {
    clearTimeout(timer)
    timer = undefined
    if (followed.size === 0) return
    const isQuiet = [...followed].every((each) => each.isQuiet)
    timer = setTimeout(poll, isQuiet ? IDLE_POLL_MS : BUSY_POLL_MS).unref()
  }
  return {
    read: readStatus,
    follow(directory, pid, listener) {
      const each: Followed = { directory, pid, listener, last: '', isQuiet: false }
      followed.add(each)
      watchers.open(directory)
      look(each)
      schedule()
      return () => {
        followed.delete(each)
        if (![...followed].some((other) => other.directory === directory)) watchers.close(directory)
        schedule()
      }
    },
    close() {
      followed.clear()
      clearTimeout(timer)
      watchers.closeAll()
    },
  }
}

function isNamed(each: Followed, directory: string, name: string | null): boolean {
  return each.directory === directory && (name === null || each.pid === Number.parseInt(name, 10))
}

interface Watchers {
  /** Does nothing when the directory is watched already or is not there yet. */
  open(directory: string): void
  close(directory: string): void
  closeAll(): void
}

function createWatchers(listener: (directory: string, name: string | null) => void): Watchers {
  const watchers = new Map<string, FSWatcher>()
  const close = (directory: string) => {
    watchers.get(directory)?.close()
    watchers.delete(directory)
  }
  return {
    close,
    open(directory) {
      if (watchers.has(directory)) return
      const watcher = watchDirectory(directory, (name) => listener(directory, name))
      if (watcher === undefined) return
      watchers.set(directory, watcher)
      watcher.on('error', () => close(directory))
    },
    closeAll() {
      for (const directory of [...watchers.keys()]) close(directory)
    },
  }
}

function watchDirectory(directory: string, listener: (name: string | null) => void): FSWatcher | undefined {
  try {
    return watch(directory, { persistent: false }, (_event, name) => listener(name))
  } catch {
    // The program makes the directory at its first start; the poll tries again.
    return undefined
  }
}

function readStatus(directory: string, pid: number): Reading {
  const text = readText(join(directory, `${pid}.json`))
  if (text === undefined) return ABSENT
  return isOfThisProcess(text, pid) ? parseStatus(text) : ABSENT
}

/** A killed process leaves its file; the next one with its number must not inherit it. */
function isOfThisProcess(text: string, pid: number): boolean {
  const written = /"procStart":"(\d+)"/.exec(text)?.[1]
  const stat = readText(`/proc/${pid}/stat`)
  if (written === undefined || stat === undefined) return true
  return parseProcessStat(stat).start === written
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not there (yet, or any more), which is an answer.
    return undefined
  }
}
