import { isWaiting, type Reading } from './status-file.ts'

/** After this much quiet the status file alone is believed. */
const SETTLE_MS = 1000

/** On a loaded machine an answered dialog was seen to stand there for more than a second; one that stays longer is another one. */
const CLOSED_WITHIN_MS = 5000

/** Calls back once it has been quiet for a while. */
export interface Settler {
  /** Something was heard. */
  later(): void
  /** A dialog was answered from outside. */
  answered(): void
  /** The program says whether it shows a dialog: one that it shows after it had none is another. */
  status(reading: Reading): void
  stop(): void
}

/** A settler; `onQuiet` is told whether the dialog that is on the screen, if any, may be one that was just answered. */
export function createSettler(onQuiet: (isJustAnswered: boolean) => void): Settler {
  let timer: NodeJS.Timeout | undefined
  let isShown = false
  let answeredAt = Number.NEGATIVE_INFINITY
  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(settle, SETTLE_MS).unref()
  }
  const settle = () => {
    const isJustAnswered = performance.now() - answeredAt < CLOSED_WITHIN_MS
    onQuiet(isJustAnswered)
    if (isJustAnswered) later()
  }
  return {
    later,
    answered: () => {
      answeredAt = performance.now()
    },
    status: (reading) => {
      if (isShown && !isWaiting(reading)) answeredAt = Number.NEGATIVE_INFINITY
      isShown = isWaiting(reading)
    },
    stop: () => clearTimeout(timer),
  }
}
