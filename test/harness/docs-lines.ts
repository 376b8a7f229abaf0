import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** The documents whose examples are checked. */
export const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })]

/** A command line that a reader would copy, and where it stands. */
export interface DocumentLine {
  readonly file: string
  readonly line: string
}

/** The command lines of a document: those of code blocks that run signalbox, one for each `&&` part. */
export function linesIn(file: string): readonly DocumentLine[] {
  const blocks = readFileSync(join(ROOT, file), 'utf8').matchAll(/^```(?:sh|console)?\n([\s\S]*?)^```/gm)
  return [...blocks]
    .flatMap(([, block = '']) => block.split('\n'))
    .flatMap((line) => line.split('&&'))
    .map((part) => part.replace(/\s+#.*$/, '').trim())
    .filter((part) => part.startsWith('signalbox ') && !part.includes('…'))
    .map((line) => ({ file, line }))
}
