/** What the keys of a text that is only read do to its first line, in lines. */
const LINES: Readonly<Record<string, number>> = {
  down: 1,
  j: 1,
  up: -1,
  k: -1,
  home: -Number.MAX_SAFE_INTEGER,
  end: Number.MAX_SAFE_INTEGER,
}

/** The same in pages; a page keeps one line of the one before. */
const PAGES: Readonly<Record<string, number>> = { pagedown: 1, space: 1, pageup: -1 }

/** How far a text can be scrolled, and how many of its lines are seen at once. */
export interface Scrollable {
  readonly last: number
  readonly rows: number
}

/** The first line after a key, from 0 to `last`; undefined when the key does not scroll. */
export function scrolledBy(scroll: number, key: string, { last, rows }: Scrollable): number | undefined {
  const pages = PAGES[key]
  const move = pages === undefined ? LINES[key] : pages * Math.max(1, rows - 1)
  return move === undefined ? undefined : Math.max(0, Math.min(last, scroll + move))
}
