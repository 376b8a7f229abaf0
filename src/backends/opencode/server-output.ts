import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { plainText, shortLine } from '../../core/plain-text.ts'

const LOOKED_AT_BYTES = 8192
const LINES_TOLD = 3

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
  const fd = openSync(file, 'w+', 0o600)
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
