/** Whole escape sequences first (CSI, OSC and other strings, two-byte ones), so that their letters do not stay behind. */
const SEQUENCES = /\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Text of an agent made harmless: no escape sequence, control or direction character is left; line ends are `\n`, tabs four spaces. */
export function cleanText(text: string): string {
  return text.replace(SEQUENCES, '').replace(/\r\n?/g, '\n').replaceAll('\t', '    ').replace(CONTROLS, '')
}

/** The first line that says something, at most `longest` characters. */
export function oneLine(text: string, longest = 120): string {
  const line = cleanText(text).replace(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}
