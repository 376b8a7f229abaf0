import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { jsonSchemas } from '../src/config/schema.ts'
import { cliDocument, keysDocument } from './reference.ts'

const root = join(import.meta.dirname, '..')

/** Every generated file below the root, with what it must contain. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const schemas = Object.entries(jsonSchemas()).map(([name, schema]) => [
    `assets/${name}`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ])
  return { 'docs/keys.md': keysDocument(), 'docs/cli.md': cliDocument(), ...Object.fromEntries(schemas) }
}

/** Generated files that are missing or say something else than the sources. */
export function staleFiles(): readonly string[] {
  return Object.entries(generatedFiles())
    .filter(([file, text]) => readIfThere(join(root, file)) !== text)
    .map(([file]) => file)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // A file that is not there is as stale as one that is wrong.
    return undefined
  }
}

function writeAll(): void {
  for (const [file, text] of Object.entries(generatedFiles())) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
}

function check(): void {
  const stale = staleFiles()
  if (stale.length === 0) return
  process.stderr.write(`Out of date: ${stale.join(', ')}. Run \`npm run docs\`.\n`)
  process.exitCode = 1
}

if (import.meta.main) {
  if (process.argv.includes('--check')) check()
  else writeAll()
}
