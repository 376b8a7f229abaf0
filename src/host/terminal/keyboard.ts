/** Flags of the kitty keyboard protocol as a program pushes, pops and sets them; each screen has its own stack. */
export interface KeyboardFlags {
  /** The flags in force on the screen that is shown now, 0 when off. */
  readonly current: number
  push(flags: number): void
  pop(count: number): void
  /** Mode 1 replaces the flags, 2 adds the given ones, 3 removes them. */
  set(flags: number, mode: number): void
  /** Forgets everything, as a full reset of the terminal does. */
  reset(): void
}

const KNOWN_FLAGS = 0b11111

/** As many as kitty keeps; the oldest entry goes first. */
const MAX_DEPTH = 16

/** Flags for a terminal with two screens; `isAlternate` says which one is shown. */
export function createKeyboardFlags(isAlternate: () => boolean): KeyboardFlags {
  const main: number[] = []
  const alternate: number[] = []
  const stack = (): number[] => (isAlternate() ? alternate : main)
  const current = (): number => stack().at(-1) ?? 0
  return {
    get current() {
      return current()
    },
    push(flags) {
      const flagsOfScreen = stack()
      // What was set without a push stays below the first entry, so that popping returns to it.
      flagsOfScreen.push(flags & KNOWN_FLAGS)
      if (flagsOfScreen.length > MAX_DEPTH) flagsOfScreen.shift()
    },
    pop(count) {
      const flagsOfScreen = stack()
      flagsOfScreen.length = Math.max(0, flagsOfScreen.length - Math.max(1, count))
    },
    set(flags, mode) {
      const flagsOfScreen = stack()
      const before = flagsOfScreen.pop() ?? 0
      const given = flags & KNOWN_FLAGS
      if (mode === 2) flagsOfScreen.push(before | given)
      else if (mode === 3) flagsOfScreen.push(before & ~given)
      else flagsOfScreen.push(given)
    },
    reset() {
      main.length = 0
      alternate.length = 0
    },
  }
}
