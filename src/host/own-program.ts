import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface OwnProgramOptions {
  /** The state directory: agents' programs find this host, and no other, by it. */
  readonly stateDirectory: string
  /** The Node and the file that this program runs as. */
  readonly node: string
  readonly entry: string
}

/**
 * The environment in which agents find `signalbox` itself, as the version that their host has: a small script first on PATH.
 */
export function withOwnProgram(
  env: Readonly<Record<string, string>>,
  { stateDirectory, node, entry }: OwnProgramOptions,
): Readonly<Record<string, string>> {
  const folder = join(stateDirectory, 'bin')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const script = `#!/bin/sh\nexec ${quoted(node)} ${quoted(entry)} "$@"\n`
  writeFileSync(join(folder, 'signalbox'), script, { mode: 0o700 })
  return { ...env, PATH: `${folder}:${env['PATH'] ?? ''}`, SIGNALBOX_STATE: stateDirectory }
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
