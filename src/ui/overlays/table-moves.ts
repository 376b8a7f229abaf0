/** What keys do to the chosen row of a table. */
const MOVES: Readonly<Record<string, number>> = {
  down: 1,
  j: 1,
  up: -1,
  k: -1,
  pagedown: 10,
  pageup: -10,
  home: -Number.MAX_SAFE_INTEGER,
  end: Number.MAX_SAFE_INTEGER,
}

/** The chosen row after a key, of so many; undefined when the key does not move. */
export function movedBy(index: number, key: string, rows: number): number | undefined {
  const move = MOVES[key]
  return move === undefined ? undefined : Math.max(0, Math.min(rows - 1, index + move))
}

/** The tab after this one, or before it; round at the ends. */
export function tabAfter<Tab>(tabs: readonly Tab[], tab: Tab, key: string): Tab {
  const step = key === 'shift+tab' ? -1 : 1
  return tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? tab
}
