/** The number that an option of a script was given. Throws with a sentence when it is none. */
export function amount(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`--${name} takes a number, not "${text}"`)
  return value
}
