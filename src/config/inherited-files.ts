import { accessSync, constants } from 'node:fs'

/** A program, by its path or by a name that the environment's PATH leads to, with its arguments. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
}

const BASH_PATHS: readonly string[] = ['/bin/bash', '/usr/bin/bash']

/** Closes every descriptor but the standard three, then becomes the program: same process, same arguments. */
const CLOSE_AND_BECOME = `for f in /proc/self/fd/*; do f=\${f##*/}; case $f in 0|1|2) ;; *) eval "exec $f>&-";; esac; done; unset f; exec -- "$@"`

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
 * The same command, which gets the standard three descriptors and no other. Node marks its own to be closed; the
 * terminals that node-pty opened, and what was open when this process was started, every program would inherit. bash
 * closes them on the way, for one more start of a small program (a plain sh cannot name descriptors above 9). A command
 * that does not exist then ends with 127. Where there is no bash, and not on Linux, the command is unchanged.
 */
export function closingFiles(command: Command): Command {
  if (process.platform !== 'linux') return command
  bash ??= { file: findBash() }
  if (!bash.file) return command
  // -p keeps bash from running what BASH_ENV names.
  return { file: bash.file, args: ['-p', '-c', CLOSE_AND_BECOME, 'bash', command.file, ...command.args] }
}
