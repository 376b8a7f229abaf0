/** Takes chunks of a server-sent event stream and gives back the data of each event that is complete. */
export type SseParser = (chunk: Uint8Array) => readonly string[]

/** Longest data of one event, in characters: beyond it the event is dropped, so that a broken peer cannot fill the memory. */
export const LONGEST_EVENT = 32 * 1024 * 1024

/** Longest name of a field, with what stands between it and its value. */
const LONGEST_NAME = 16

/**
 * A parser with its own state: line ends may be LF, CRLF or CR and may be split between chunks, as may any character.
 * Only `data` fields matter here; comments and other fields are skipped, an event without data is none.
 */
export function createSseParser(longest = LONGEST_EVENT): SseParser {
  const decoder = new TextDecoder()
  let line = ''
  let endedWithReturn = false
  let data: string[] = []
  let size = 0
  /** The rest of a line that was too long is no line. */
  let isSkipping = false

  const endLine = (text: string): string | undefined => {
    if (text === '') {
      const event = data.length > 0 && size <= longest ? data.join('\n') : undefined
      data = []
      size = 0
      return event
    }
    const value = /^data(?:: ?|$)([\s\S]*)$/.exec(text)?.[1]
    if (value === undefined) return undefined
    // A line without text takes memory too.
    size += value.length + 1
    if (size <= longest) data.push(value)
    return undefined
  }

  return (chunk) => {
    let text = decoder.decode(chunk, { stream: true })
    if (text === '') return []
    if (endedWithReturn && text.startsWith('\n')) text = text.slice(1)
    endedWithReturn = text.endsWith('\r')
    const lines = text.split(/\r\n|\n|\r/)
    const last = lines.pop() ?? ''
    const events: string[] = []
    for (const part of lines) {
      const event = isSkipping ? undefined : endLine(line + part)
      line = ''
      isSkipping = false
      if (event !== undefined) events.push(event)
    }
    line = isSkipping ? '' : line + last
    if (line.length <= longest + LONGEST_NAME) return events
    // The event that it is part of is dropped with it.
    size = longest + 1
    line = ''
    isSkipping = true
    return events
  }
}
