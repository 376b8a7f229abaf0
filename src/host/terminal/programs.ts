import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'
import { fail } from '../../core/errors.ts'

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    // Not there, or not ours to run: either way the search goes on.
    return false
  }
}

/**
 * The absolute path of a program: a name is looked up on `searchPath` (colon-separated, as in PATH), a path is taken
 * from `cwd`. Throws `program.missing` when there is no such file or it cannot be run.
 */
export function resolveProgram(program: string, searchPath: string, cwd = process.cwd()): string {
  const candidates = program.includes('/')
    ? [path.resolve(cwd, program)]
    : searchPath.split(path.delimiter).map((directory) => path.resolve(cwd, directory, program))
  const found = program === '' ? undefined : candidates.find(isProgram)
  return found ?? fail('program.missing', { program })
}

/** Throws `directory.missing` unless the directory exists and can be entered. */
export function checkDirectory(directory: string): void {
  try {
    accessSync(directory, constants.X_OK)
    if (statSync(directory).isDirectory()) return
  } catch {
    // Falls through to the one error below: it does not matter to the operator which of the two calls found out.
  }
  fail('directory.missing', { directory })
}
