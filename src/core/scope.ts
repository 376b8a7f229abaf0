/** Undoes something; called once. */
export type Dispose = () => void

/** Owns resources: what is added is disposed in reverse order when the scope closes, exactly once. */
export interface Scope {
  readonly isClosed: boolean
  /** Takes ownership; when the scope is closed already, disposes at once. Returns a function that disposes early. */
  add(dispose: Dispose): Dispose
  close(): void
}

/** A new, open scope. An error thrown by one resource does not keep the others from being released; the first is rethrown. */
export function createScope(): Scope {
  const owned = new Set<Dispose>()
  let isClosed = false
  return {
    get isClosed() {
      return isClosed
    },
    add(dispose) {
      if (isClosed) {
        dispose()
        return () => undefined
      }
      owned.add(dispose)
      return () => {
        if (owned.delete(dispose)) dispose()
      }
    },
    close() {
      isClosed = true
      const errors: unknown[] = []
      for (const dispose of [...owned].reverse()) {
        owned.delete(dispose)
        try {
          dispose()
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}
