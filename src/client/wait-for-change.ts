import { watch } from 'node:fs'

/** Resolves when something in the directory changed, and after `atMostMs` in any case. */
export function waitForChange(directory: string, atMostMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stopWatching = watchDirectory(directory, resolve)
  const timer = setTimeout(resolve, atMostMs)
  return promise.finally(() => {
    clearTimeout(timer)
    stopWatching()
  })
}

function watchDirectory(directory: string, onChange: () => void): () => void {
  try {
    const watcher = watch(directory, { persistent: false }, () => onChange())
    watcher.on('error', () => {
      // Out of watches, or the directory went away: the timer is enough.
    })
    return () => watcher.close()
  } catch {
    // The same, found out at once.
    return () => undefined
  }
}
