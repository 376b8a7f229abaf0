/** The day of a moment (milliseconds since the epoch) where this machine is: `2026-11-27`. */
export function localDay(at: number): string {
  const date = new Date(at)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
