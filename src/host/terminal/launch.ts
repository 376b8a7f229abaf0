import { accessSync, constants } from 'node:fs'
import type { Launch } from '../../backends/backend.ts'

const BASH_PATHS: readonly string[] = ['/bin/bash', '/usr/bin/bash']

/** Closes every descriptor but the standard three, then becomes the program: same process, same arguments. */
const CLOSE_AND_BECOME = `for f in /proc/self/fd/*; do f=\${f##*/}; case $f in 0|1|2) ;; *) eval "exec $f>&-";; esac; done; unset f; exec "$@"`

function findBash(): string | undefined {
  return BASH_PATHS.find((file) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      // Not here; the next path may have it.
      return false
    }
  })
}

let bash: { readonly file: string | undefined } | undefined

/**
 * The same launch without inherited descriptors. On Linux node-pty leaves the terminals of all other sessions open in
 * every program it starts: a program could type into them, and none of them would hear that the host is gone. bash
 * closes them on the way (a plain sh cannot name descriptors above 9); where there is no bash the launch is unchanged.
 */
export function withoutInheritedFiles(launch: Launch): Launch {
  if (process.platform !== 'linux') return launch
  bash ??= { file: findBash() }
  if (!bash.file) return launch
  // -p keeps bash from running what BASH_ENV names.
  return { file: bash.file, args: ['-p', '-c', CLOSE_AND_BECOME, 'bash', launch.file, ...launch.args] }
}
