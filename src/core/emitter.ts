import type { Dispose } from './scope.ts'

/** Tells listeners that something happened. Never used to control the flow between components. */
export interface Emitter<Value> {
  on(listener: (value: Value) => void): Dispose
  emit(value: Value): void
  readonly listenerCount: number
}

/** A new emitter. Listeners added or removed during an emit take part from the next one on. */
export function createEmitter<Value>(): Emitter<Value> {
  const listeners = new Set<(value: Value) => void>()
  return {
    on(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    emit(value) {
      for (const listener of [...listeners]) listener(value)
    },
    get listenerCount() {
      return listeners.size
    },
  }
}
