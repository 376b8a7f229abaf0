import { type FSWatcher, readFileSync, realpathSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type ControlError, toControlError } from '../core/errors.ts'
import type { Dispose } from '../core/scope.ts'
import { loadUserSettings, type UserConfig } from './load-user-settings.ts'

/** Editors write a file in several steps: it is read once they are done. */
const SETTLE_MS = 100

/**
 * Calls back with the settings at this path whenever they have changed, or with what is wrong with them. Looks at the folder,
 * because editors replace files; where a folder cannot be watched nothing is ever told. Keeps no process alive.
 */
export function followUserSettings(file: string, listener: (change: UserConfig | ControlError) => void): Dispose {
  let text = textOf(file)
  let timer: NodeJS.Timeout | undefined
  const read = (): void => {
    const now = textOf(file)
    if (now === text) return
    text = now
    listener(loadOrError(file))
  }
  const touched = (): void => {
    clearTimeout(timer)
    timer = setTimeout(read, SETTLE_MS).unref()
  }
  const watchers = placesOf(file).map((place) => watchPlace(place, touched))
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher?.close()
  }
}

function loadOrError(file: string): UserConfig | ControlError {
  try {
    return loadUserSettings(file)
  } catch (error) {
    return toControlError(error)
  }
}

/** Where the file is, and where it really is: settings are often links into a repository of their own. */
function placesOf(file: string): readonly string[] {
  try {
    return [...new Set([file, realpathSync(file)])]
  } catch {
    // There is no file yet.
    return [file]
  }
}

function watchPlace(place: string, touched: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(place), { persistent: false }, (_, name) => {
      if (name === null || name === basename(place)) touched()
    })
    return watcher.on('error', () => watcher.close())
  } catch {
    // No folder, or no watches left: the settings hold until the next start.
    return undefined
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // No file is a state like any other; a file that cannot be read fails when it is loaded.
    return undefined
  }
}
