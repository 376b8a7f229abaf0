import { type Line, type Span, span } from '../widgets/spans.ts'

/** A list of a panel that has several, and how much is in it. */
export interface TabCount {
  readonly tab: string
  readonly count?: number
}

/** The lists of a panel in one line; the one that is shown stands out. */
export function tabSpans(tabs: readonly TabCount[], shown: string): Line {
  return tabs.flatMap(({ tab, count }): Span[] => {
    const isHere = tab === shown
    const words = count === undefined ? tab : `${tab} ${count}`
    return [{ text: ` ${words} `, tone: isHere ? 'accent' : 'muted', isInverse: isHere }, span(' ')]
  })
}
