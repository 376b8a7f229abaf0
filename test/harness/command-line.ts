import { hostname } from 'node:os'
import type { HostConnection, VerbContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Client } from '../../src/client/client.ts'
import { ControlError } from '../../src/core/errors.ts'

/** What a command line printed, and how it ended. */
export interface CommandLineEnd {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  /** What the room was opened with, each time. */
  readonly opened: readonly unknown[]
}

/** Runs a command line in this process. No host can be reached unless `changes` says how. */
export async function runCommandLine(
  argv: readonly string[],
  changes: Partial<VerbContext> & Pick<VerbContext, 'cwd'>,
): Promise<CommandLineEnd> {
  const written = { stdout: '', stderr: '' }
  const opened: unknown[] = []
  const sink = (name: keyof typeof written) => ({
    write: async (text: string) => {
      written[name] += text
    },
  })
  const exit = await runProgram(argv, {
    connect: async () => {
      throw new ControlError('host.unreachable', { detail: 'there is none here' })
    },
    connectExisting: async () => undefined,
    openRoom: async (options) => {
      opened.push(options)
    },
    runDemo: async () => [],
    hostCommand: ['/usr/bin/node', '/opt/signalbox.js', 'host-process'],
    stateDirectory: () => changes.cwd,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: {},
    hostName: hostname(),
    isTty: false,
    now: () => 0,
    newId: () => '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    signal: new AbortController().signal,
    ...changes,
  })
  return { exit, opened, ...written }
}

/** A client as verbs get it. */
export function connectionOf(client: Client): HostConnection {
  const closed = new Promise<string>((resolve) => {
    client.onClose(({ why }) => resolve(why))
  })
  return { ...client, name: client.name, hostName: client.name, closed }
}
