const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Columns that every age fits into. */
export const AGE_WIDTH = 3

/** A time span in at most three columns: `7s`, `12m`, `5h`, `3d`, `99d` and more. */
export function formatAge(elapsedMs: number): string {
  const elapsed = Math.max(0, elapsedMs)
  if (elapsed < MINUTE) return `${Math.floor(elapsed / SECOND)}s`
  if (elapsed < HOUR) return `${Math.floor(elapsed / MINUTE)}m`
  if (elapsed < DAY) return `${Math.floor(elapsed / HOUR)}h`
  return `${Math.min(99, Math.floor(elapsed / DAY))}d`
}

/** Milliseconds until the text of `formatAge` changes. */
export function untilAgeChange(elapsedMs: number): number {
  const elapsed = Math.max(0, elapsedMs)
  const step = elapsed < MINUTE ? SECOND : elapsed < HOUR ? MINUTE : elapsed < DAY ? HOUR : DAY
  return step - (elapsed % step)
}

/** The time of day, `09:05`, in the operator's time zone. */
export function formatClock(now: number): string {
  const date = new Date(now)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}

/** The time of day with seconds, `09:05:33`, in the operator's time zone. */
export function formatClockSeconds(now: number): string {
  return `${formatClock(now)}:${String(new Date(now).getSeconds()).padStart(2, '0')}`
}

/** Milliseconds until the text of `formatClock` changes. */
export function untilClockChange(now: number): number {
  return MINUTE - (now % MINUTE)
}
