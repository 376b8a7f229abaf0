/** Splits a line into arguments as a shell would: spaces separate, quotes and backslashes keep them together. */
export function splitArguments(line: string): readonly string[] {
  const words: string[] = []
  const pattern = /(?:[^\s"'\\]+|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+|["'\\]/g
  for (const [word] of line.matchAll(pattern)) words.push(unquote(word))
  return words
}

function unquote(word: string): string {
  return word.replaceAll(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (whole, escaped, double, single) => {
    if (escaped !== undefined) return String(escaped)
    if (double !== undefined) return String(double).replaceAll(/\\(["\\])/g, '$1')
    return single === undefined ? whole : String(single)
  })
}
