import { createReadStream, existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { objectOf } from '../../core/json.ts'

/**
 * The transcript of a conversation under the program's own directory; undefined when none of it was written. A program that was killed
 * at its first prompt may have left the head of one, without a message: that is no conversation, and resuming it fails.
 */
export async function conversationFile(config: string, id: string): Promise<string | undefined> {
  const files = await filesOf(config, id)
  const written = await Promise.all(files.map(hasMessage))
  return files.find((_, index) => written[index])
}

/** Whether the program has written anything under this id: then no new conversation can have it. */
export async function isIdTaken(config: string, id: string): Promise<boolean> {
  return (await filesOf(config, id)).some((file) => existsSync(file))
}

/** Where the transcript may be: one place for each project. */
async function filesOf(config: string, id: string): Promise<readonly string[]> {
  const projects = join(config, 'projects')
  const folders = await readdir(projects).catch(() => [])
  return folders.map((folder) => join(projects, folder, `${id}.jsonl`))
}

async function hasMessage(file: string): Promise<boolean> {
  const input = createReadStream(file)
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (isMessage(line)) return true
    }
    return false
  } catch {
    // There is none in this project.
    return false
  } finally {
    input.destroy()
  }
}

function isMessage(line: string): boolean {
  if (!line.includes('"user"') && !line.includes('"assistant"')) return false
  const { type } = parsed(line)
  return type === 'user' || type === 'assistant'
}

/** A line of a transcript as a record; empty when the program died in the middle of it. */
export function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(line))
  } catch {
    // What it was about to write is not there.
    return {}
  }
}
