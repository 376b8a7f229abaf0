import { plainText } from '../../core/plain-text.ts'
import { resolveSession } from '../../core/resolve.ts'
import { argumentAt, hasOption, numberOption, type VerbHandler } from '../verb-input.ts'

/** Prints what a session shows. */
export const peek: VerbHandler = async (context, input) => {
  const lines = numberOption(input, 'lines', 1)
  const hasColours = hasOption(input, 'ansi')
  const connection = await context.connect()
  const { id } = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const screen = await connection.screen(id, { ansi: hasColours, ...(lines === undefined ? {} : { lines }) })
  const text = screen.lines.map((line) => safeLine(line, hasColours)).join('\n')
  return { json: { id, ...screen }, text: text.trimEnd(), hasColours }
}

const SGR = /\x1b\[[\d;:]*m/g

/** A line without anything a terminal would obey, colours aside. */
function safeLine(line: string, hasColours: boolean): string {
  if (!hasColours) return plainText(line)
  const colours = line.match(SGR) ?? []
  return line
    .split(SGR)
    .map((text, index) => plainText(text) + (colours[index] ?? ''))
    .join('')
}
