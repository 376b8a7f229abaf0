import { closeSync, constants, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs'
import { plainText, shortLine } from '../../core/plain-text.ts'

const LOOKED_AT_BYTES = 8192
const LINES_TOLD = 3
const LOOK_MS = 60_000
const MOST_BYTES = 4 * 1024 * 1024
const { O_APPEND, O_CREAT, O_RDWR, O_TRUNC } = constants

/**
 * What a server prints, in a file of its own: a pipe would end with this process, and the server, which may outlive it, with the
 * pipe.
 */
export interface ServerOutput {
  /** For the server to print to; call `started` once it has it. */
  readonly fd: number
  started(): void
  /** The address that it says it listens on. */
  url(): string | undefined
  /** Its last lines as one; empty when it said nothing but where it listens. */
  lastWords(): string
}

/** A new, empty file (0600) for the output of a server. */
export function createServerOutput(file: string): ServerOutput {
  // What is appended goes on at the start of a file that was emptied.
  const fd = openSync(file, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0o600)
  return {
    fd,
    started: () => closeSync(fd),
    url: () => /listening on (http:\/\/\S+)/.exec(read(file, () => 0))?.[1],
    lastWords() {
      const lines = plainText(read(file, (size) => Math.max(0, size - LOOKED_AT_BYTES)))
        .split('\n')
        .filter((line) => line.trim() !== '' && !/listening on /.test(line))
      return shortLine(lines.slice(-LINES_TOLD).join(' '), 300)
    },
  }
}

/** Empties the file whenever it has grown too long, until its server is gone. The server goes on with it. */
export function keepShort(file: string, gone: Promise<unknown>): void {
  const look = (): void => {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MOST_BYTES) truncateSync(file)
  }
  const timer = setInterval(look, LOOK_MS).unref()
  void gone.then(() => clearInterval(timer))
}

/** A part of the file that is never long, from where `begin` says for the size of the file. */
function read(file: string, begin: (size: number) => number): string {
  const fd = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(LOOKED_AT_BYTES)
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, LOOKED_AT_BYTES, begin(fstatSync(fd).size)))
  } finally {
    closeSync(fd)
  }
}
