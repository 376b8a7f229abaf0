const TEXTS = 'reading src/parser.ts and running 14 tests │ ✅ done ⚡ 漢字 diff +12 -3 error in line 204'.split(' ')

/** A row of exactly so many cells as agents print them: a style for each word, some of them wide. */
export function styledRow(seed: number, cols: number): string {
  let text = ''
  for (let column = 0, word = seed; column < cols; word += 1) {
    const next = `${TEXTS[word % TEXTS.length]} `
    const width = [...next].reduce((sum, letter) => sum + (/[✅⚡漢字]/u.test(letter) ? 2 : 1), 0)
    const isFitting = column + width <= cols
    text += `${styleOf(word + seed)}${isFitting ? next : '.'.repeat(cols - column)}\x1b[0m`
    column += isFitting ? width : cols - column
  }
  return text
}

/** A pane drawn anew from top to bottom; another seed draws it in other words and colours. */
export function fullPane({ cols, rows }: { cols: number; rows: number }, seed: number): string {
  const top = `\x1b[1;1H\x1b[38;5;${seed % 256}m${'─'.repeat(cols)}\x1b[0m`
  const body = Array.from({ length: rows - 1 }, (_, row) => `\x1b[${row + 2};1H${styledRow(seed * 3 + row, cols)}`)
  return `\x1b[?2026h${top}${body.join('')}\x1b[?2026l`
}

/** Two new lines above a spinner and a box for input that is drawn anew, as an inline agent does ten times a second. */
export function agentFrame({ cols, rows }: { cols: number; rows: number }, seed: number): string {
  const lines = `${styledRow(seed * 5, cols - 1)}\r\n${styledRow(seed * 5 + 2, cols - 1)}\r\n`
  const spinner = `\x1b[38;2;215;119;87m${'✶✻✽✢·'[seed % 5]} Working…\x1b[0m \x1b[2m(${seed}s · ${seed * 13} tokens)\x1b[0m`
  const [top, bottom] = [`╭${'─'.repeat(cols - 2)}╮`, `╰${'─'.repeat(cols - 2)}╯`]
  const box = `\x1b[2m${top}\r\n│\x1b[0m > ${' '.repeat(cols - 5)}\x1b[2m│\r\n${bottom}\x1b[0m`
  return `\x1b[?2026h\x1b[${rows - 3};1H\x1b[J${lines}${spinner}\r\n${box}\x1b[?2026l`
}

/** Lines of plain text, at least so many bytes. */
export function plainText(seed: number, bytes: number): string {
  const line = (index: number): string =>
    `${seed + index} ${TEXTS.slice(0, 7).join(' ')} the same words again and again\r\n`
  return Array.from({ length: Math.ceil(bytes / line(0).length) }, (_, index) => line(index)).join('')
}

function styleOf(seed: number): string {
  const [red, green, blue] = [(seed * 53) % 256, (seed * 97) % 256, (seed * 29) % 256]
  const styles = [
    `38;2;${red};${green};${blue}`,
    `1;38;2;${red};${green};${blue}`,
    '2',
    `38;2;${red};${green};${blue};48;2;${blue >> 2};${red >> 2};${green >> 2}`,
    `38;5;${red}`,
  ]
  return `\x1b[${styles[seed % styles.length]}m`
}
