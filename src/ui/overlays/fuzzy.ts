/**
 * How well `wanted` fits `title`: undefined when its letters do not occur in this order, else lower is better. Letters that
 * follow each other and letters at the start of words count as near.
 */
export function fuzzyScore(title: string, wanted: string): number | undefined {
  const text = title.toLowerCase()
  let score = 0
  let place = -1
  for (const letter of wanted.toLowerCase().replaceAll(' ', '')) {
    const next = text.indexOf(letter, place + 1)
    if (next < 0) return undefined
    const isNear = next === place + 1
    const isWordStart = next === 0 || text[next - 1] === ' '
    score += isNear || isWordStart ? 0 : next - place
    place = next
  }
  return wanted === '' ? 0 : score + text.length / 1000
}
