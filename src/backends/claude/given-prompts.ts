import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { isObject, objectOf } from '../../core/json.ts'
import { conversationFile, parsed } from './conversation-file.ts'
import { promptKey, promptText } from './prompt-text.ts'

/** A text that somebody may have given to a conversation, and the moment before which it was not (milliseconds since the epoch). */
export interface GivenQuery {
  readonly config: string
  readonly resumeId: string
  readonly text: string
  readonly since: number
}

/** Whether the transcript of a conversation has this text as a prompt of the operator. */
export async function hasPrompt({ config, resumeId, text, since }: GivenQuery): Promise<boolean> {
  const file = await conversationFile(config, resumeId)
  if (file === undefined) return false
  const key = promptKey(promptText(text))
  const input = createReadStream(file)
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (promptsIn(line, since).some((prompt) => promptKey(prompt) === key)) return true
    }
    return false
  } finally {
    input.destroy()
  }
}

/** The texts that a line of a transcript says the operator gave, at this moment or later. */
export function promptsIn(line: string, since: number): readonly string[] {
  if (!line.includes('"user"') && !line.includes('queued_command')) return []
  const record = parsed(line)
  const at = Date.parse(String(record['timestamp']))
  if (!(at >= since)) return []
  const attachment = objectOf(record['attachment'])
  // What was typed into a running turn is handed to the model with the next step of it.
  if (attachment['type'] === 'queued_command') return textsOf(attachment['prompt'])
  return record['type'] === 'user' ? textsOf(objectOf(record['message'])['content']) : []
}

function textsOf(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content]
  if (!Array.isArray(content)) return []
  return content
    .filter(isObject)
    .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
}
