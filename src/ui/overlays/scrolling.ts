/** What the keys of a text that is only read do to its first line. */
const MOVES: Readonly<Record<string, number>> = {
  down: 1,
  j: 1,
  up: -1,
  k: -1,
  pagedown: 10,
  space: 10,
  pageup: -10,
  home: -Number.MAX_SAFE_INTEGER,
  end: Number.MAX_SAFE_INTEGER,
}

/** The first line after a key, from 0 to `last`; undefined when the key does not scroll. */
export function scrolledBy(scroll: number, key: string, last: number): number | undefined {
  const move = MOVES[key]
  return move === undefined ? undefined : Math.max(0, Math.min(last, scroll + move))
}
