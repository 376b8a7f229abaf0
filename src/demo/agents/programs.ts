import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Absolute paths of the real agents; an absent member was not found. */
export interface AgentPrograms {
  readonly claude?: string
  readonly opencode?: string
}

/**
 * Finds the real agents: those that a checkout at `root` has installed, else those on `path` (by default the process's
 * PATH). Looks at files only, starts nothing.
 */
export function findPrograms({ root, path }: { readonly root: string; readonly path?: string }): AgentPrograms {
  const kind = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const packages = join(root, 'node_modules')
  const folders = (path ?? process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const find = (installed: string, name: string) =>
    [installed, ...folders.map((folder) => join(folder, name))].find(isProgram)
  const claude = find(join(packages, '@anthropic-ai', `claude-code-${kind}`, 'claude'), 'claude')
  const opencode = find(join(packages, `opencode-${kind}`, 'bin', 'opencode'), 'opencode')
  return { ...(claude === undefined ? {} : { claude }), ...(opencode === undefined ? {} : { opencode }) }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    // Not there or not for us: the next candidate may be.
    return false
  }
}
