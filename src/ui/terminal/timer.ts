import type { Schedule } from './input.ts'

/** The clock of the running program. A timer of it does not keep the program alive. */
export const scheduleTimer: Schedule = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs)
  timer.unref()
  return () => clearTimeout(timer)
}
