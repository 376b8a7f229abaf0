/** Splits a line into arguments as a shell would: spaces separate, quotes and backslashes keep them together. */
export function splitArguments(line: string): readonly string[] {
  const words: string[] = []
  const pattern = /(?:[^\s"'\\]+|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+|["'\\]/g
  for (const [word] of line.matchAll(pattern)) words.push(unquote(word))
  return words
}

function unquote(word: string): string {
  const parts = word.match(/\\.|"(?:[^"\\]|\\.)*"|'[^']*'|./gs) ?? []
  return parts.map(unquotePart).join('')
}

function unquotePart(part: string): string {
  if (part.length < 2) return part
  if (part.startsWith('\\')) return part.slice(1)
  const inner = part.slice(1, -1)
  return part.startsWith('"') ? inner.replaceAll(/\\(["\\])/g, '$1') : inner
}
