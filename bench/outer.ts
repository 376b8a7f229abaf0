import { type IPty, spawn } from 'node-pty'

/** The terminal around a program: takes what it prints at once and counts it. */
export interface Outer extends AsyncDisposable {
  readonly pid: number
  readonly bytes: number
  readonly write: (data: string) => void
  /** Resolves when this text has been printed after the call; with the time it came, in ms of `performance.now()`. */
  readonly printed: (text: string, deadlineMs?: number) => Promise<number>
  /** The last printed bytes, for error messages. */
  readonly tail: () => string
}

export interface OuterOptions {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly cols?: number
  readonly rows?: number
}

const DEADLINE_MS = 30_000
const KILL_AFTER_MS = 5000
const TAIL_BYTES = 3000

interface Waiting {
  readonly text: Buffer
  readonly resolve: (at: number) => void
}

/** Runs a program in a terminal of 200×60 unless told otherwise. Disposing ends it and waits for its end. */
export function openOuter({ file, args, env, cwd, cols = 200, rows = 60 }: OuterOptions): Outer {
  const child: IPty = spawn(file, args, { name: 'xterm-256color', encoding: null, cols, rows, cwd, env })
  let bytes = 0
  let last = Buffer.alloc(0)
  let isGone = false
  let waiting: Waiting | undefined
  const exited = new Promise<void>((resolve) => {
    child.onExit(() => {
      isGone = true
      resolve()
    })
  })
  child.onData((data) => {
    const chunk = Buffer.from(data)
    bytes += chunk.length
    // A text may be cut between two chunks.
    const seen = Buffer.concat([last.subarray(-128), chunk])
    if (waiting !== undefined && seen.includes(waiting.text)) {
      waiting.resolve(performance.now())
      waiting = undefined
    }
    last = Buffer.concat([last, chunk]).subarray(-TAIL_BYTES)
  })
  return {
    pid: child.pid,
    get bytes() {
      return bytes
    },
    write: (data) => child.write(data),
    printed(text, deadlineMs = DEADLINE_MS) {
      last = Buffer.alloc(0)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting = undefined
          reject(new Error(`${file} did not print ${JSON.stringify(text)} within ${deadlineMs} ms:\n${last}`))
        }, deadlineMs)
        waiting = {
          text: Buffer.from(text),
          resolve: (at) => {
            clearTimeout(timer)
            resolve(at)
          },
        }
      })
    },
    tail: () => last.toString('utf8'),
    [Symbol.asyncDispose]: async () => {
      const timer = setTimeout(() => isGone || process.kill(child.pid, 'SIGKILL'), KILL_AFTER_MS)
      if (!isGone) process.kill(child.pid, 'SIGTERM')
      await exited
      clearTimeout(timer)
    },
  }
}
