/** Gives the same number to the same key, always. */
export interface Numbers {
  of(key: string): number
}

/** A new numbering from 0. */
export function createNumbers(): Numbers {
  const numbers = new Map<string, number>()
  return {
    of(key) {
      const known = numbers.get(key)
      if (known !== undefined) return known
      const next = numbers.size
      numbers.set(key, next)
      return next
    },
  }
}
