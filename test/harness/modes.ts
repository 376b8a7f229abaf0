import { statSync } from 'node:fs'

/** The permissions of a file in octal digits; undefined when there is none. */
export function modeOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? undefined : (stats.mode & 0o777).toString(8)
}
