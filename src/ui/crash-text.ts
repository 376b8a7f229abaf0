import { plainText } from '../core/plain-text.ts'

/** What is printed of a crash of the room, with a line end. An error may quote what an agent wrote: nothing of it reaches the terminal raw. */
export function crashText(error: unknown): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `signalbox: the room crashed; sessions go on.\n${plainText(detail)}\n`
}
