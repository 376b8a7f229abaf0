import type { Launch } from '../../backends/backend.ts'
import { closingFiles } from '../../config/inherited-files.ts'
import { resolveProgram } from './programs.ts'

/**
 * The same launch without inherited descriptors: how the host starts every program. With the terminals of sessions, one
 * could type into all of them, and none of them would hear that the host is gone. A program that is only a name is
 * looked up on `searchPath` (colon-separated, as in PATH); one that is not there is left as it is, so that the start
 * itself says so.
 */
export function withoutInheritedFiles(launch: Launch, searchPath?: string): Launch {
  return searchPath === undefined || isThere(launch.file, searchPath) ? closingFiles(launch) : launch
}

function isThere(program: string, searchPath: string): boolean {
  try {
    resolveProgram(program, searchPath)
    return true
  } catch {
    // Nothing will be started, so nothing can be inherited.
    return false
  }
}
