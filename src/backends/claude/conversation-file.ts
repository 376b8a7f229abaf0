import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The transcript of a conversation under the program's own directory; undefined when it was never written. */
export async function conversationFile(config: string, id: string): Promise<string | undefined> {
  const projects = join(config, 'projects')
  const folders = await readdir(projects).catch(() => [])
  const files = folders.map((folder) => join(projects, folder, `${id}.jsonl`))
  const sizes = await Promise.all(files.map((file) => stat(file).catch(() => undefined)))
  return files.find((_, index) => sizes[index] !== undefined)
}
