/** A JSON value together with the lines its keys and values stand on. */
export interface JsonSource {
  readonly value: unknown
  /** Line (from 1) of the key or element at this path; the nearest known parent's when the path is not in the text. */
  readonly lineOf: (path: readonly PropertyKey[]) => number
}

/** A text that is not JSON: what was found, and on which line. */
export class JsonSyntaxError extends Error {
  readonly line: number

  constructor(problem: string, line: number) {
    super(problem)
    this.name = 'JsonSyntaxError'
    this.line = line
  }
}

/** Levels of lists and objects; no settings have more than a handful. */
const DEEPEST = 100

interface Reader {
  readonly text: string
  at: number
  readonly lines: Map<string, number>
}

type Path = readonly PropertyKey[]

/** Parses JSON and remembers lines. Throws JsonSyntaxError. */
export function parseJsonSource(text: string): JsonSource {
  const reader: Reader = { text: text.replace(/^\uFEFF/, ''), at: 0, lines: new Map() }
  const value = readValue(reader, [])
  skipSpace(reader)
  if (reader.at < reader.text.length) unexpected(reader, 'the end of the file')
  return { value, lineOf: (path) => nearestLine(reader.lines, path) }
}

function nearestLine(lines: ReadonlyMap<string, number>, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const line = lines.get(keyOf(path.slice(0, length)))
    if (line !== undefined) return line
  }
  return 1
}

function readValue(reader: Reader, path: Path): unknown {
  skipSpace(reader)
  if (path.length > DEEPEST) throw new JsonSyntaxError(`nested more than ${DEEPEST} levels deep`, lineAt(reader))
  remember(reader, path)
  const first = reader.text[reader.at]
  if (first === '{') return readObject(reader, path)
  if (first === '[') return readArray(reader, path)
  if (first === '"') return readString(reader)
  return readWord(reader)
}

function readObject(reader: Reader, path: Path): Record<string, unknown> {
  const entries: [string, unknown][] = []
  readList(reader, '}', () => {
    if (reader.text[reader.at] !== '"') unexpected(reader, 'a key in double quotes')
    const line = lineAt(reader)
    const key = readString(reader)
    skipSpace(reader)
    if (reader.text[reader.at] !== ':') unexpected(reader, `":" after "${key}"`)
    reader.at += 1
    entries.push([key, readValue(reader, [...path, key])])
    reader.lines.set(keyOf([...path, key]), line)
  })
  return Object.fromEntries(entries)
}

function readArray(reader: Reader, path: Path): unknown[] {
  const items: unknown[] = []
  readList(reader, ']', () => items.push(readValue(reader, [...path, items.length])))
  return items
}

/** Reads what stands between an opening sign and `end`, separated by commas. */
function readList(reader: Reader, end: string, readItem: () => void): void {
  reader.at += 1
  skipSpace(reader)
  if (reader.text[reader.at] === end) {
    reader.at += 1
    return
  }
  for (;;) {
    skipSpace(reader)
    readItem()
    skipSpace(reader)
    const sign = reader.text[reader.at]
    if (sign !== ',' && sign !== end) unexpected(reader, `"," or "${end}"`)
    reader.at += 1
    if (sign === end) return
  }
}

function readString(reader: Reader): string {
  const match = /"(?:[^"\\\n]|\\.)*"/y
  match.lastIndex = reader.at
  const token = match.exec(reader.text)?.[0]
  if (token === undefined) return unexpected(reader, 'a text that ends with a double quote on the same line')
  return String(parseToken(reader, token))
}

function readWord(reader: Reader): unknown {
  const match = /[-+.\w]+/y
  match.lastIndex = reader.at
  const token = match.exec(reader.text)?.[0]
  return token === undefined ? unexpected(reader, 'a value') : parseToken(reader, token)
}

function parseToken(reader: Reader, token: string): unknown {
  try {
    const value: unknown = JSON.parse(token)
    reader.at += token.length
    return value
  } catch {
    // JSON.parse knows no line; ours does.
    return unexpected(reader, 'a value')
  }
}

function unexpected(reader: Reader, expected: string): never {
  const found = reader.at < reader.text.length ? JSON.stringify(reader.text[reader.at]) : 'the end of the file'
  throw new JsonSyntaxError(`expected ${expected}, found ${found}`, lineAt(reader))
}

function skipSpace(reader: Reader): void {
  while (/[ \t\r\n]/.test(reader.text[reader.at] ?? '')) reader.at += 1
}

function remember(reader: Reader, path: Path): void {
  reader.lines.set(keyOf(path), lineAt(reader))
}

function lineAt(reader: Reader): number {
  return reader.text.slice(0, reader.at).split('\n').length
}

function keyOf(path: Path): string {
  return JSON.stringify(path.map(String))
}
