import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../../core/errors.ts'
import { parseObject } from '../../core/json.ts'
import type { VerbContext } from '../context.ts'
import { existingDirectory } from '../find-rig.ts'
import type { Output } from '../print.ts'

const [CLAUDE, AGENTS] = ['CLAUDE.md', 'AGENTS.md'] as const

/** Remembers what both files said when they were last alike: what still says that has nothing of its own. */
const MEMORY = 'instructions.json'

/** What became of the two files. */
interface Synced {
  readonly action: 'copied' | 'nothing'
  readonly from: string | null
  readonly to: string | null
  readonly why: string
}

/**
 * Gives the agents of both kinds the same instructions: a file that is missing, or that has not changed since both were alike,
 * gets what the other says. Anything else is never overwritten.
 */
export async function syncInstructions(context: VerbContext, given: readonly string[]): Promise<Output> {
  const [place, ...more] = given
  if (more.length > 0) fail('usage.invalid', { what: 'config sync-instructions takes one directory' })
  const directory = await existingDirectory(context.cwd, place ?? '.')
  const memory = join(context.stateDirectory(), MEMORY)
  const synced = sync(directory, recall(memory)[directory])
  const text = readText(join(directory, synced.from ?? CLAUDE))
  if (text !== undefined) writeWhole(memory, JSON.stringify({ ...recall(memory), [directory]: hashOf(text) }))
  return { json: { directory, ...synced }, text: synced.why }
}

function sync(directory: string, common: unknown): Synced {
  const [claude, agents] = [readText(join(directory, CLAUDE)), readText(join(directory, AGENTS))]
  if (claude === agents) {
    const why = claude === undefined ? `${directory} has neither ${CLAUDE} nor ${AGENTS}.` : 'Both are alike already.'
    return { action: 'nothing', from: null, to: null, why }
  }
  const isFree = (text: string | undefined): boolean => text === undefined || hashOf(text) === common
  if (claude !== undefined && isFree(agents)) return copy(directory, { from: CLAUDE, to: AGENTS, text: claude })
  if (agents !== undefined && isFree(claude)) return copy(directory, { from: AGENTS, to: CLAUDE, text: agents })
  return fail('instructions.differ', { directory, why: `${CLAUDE} and ${AGENTS} say different things` })
}

function copy(
  directory: string,
  { from, to, text }: { readonly from: string; readonly to: string; readonly text: string },
): Synced {
  const file = join(directory, to)
  const there = lstatSync(file, { throwIfNoEntry: false })
  if (there !== undefined && !there.isFile()) fail('instructions.differ', { directory, why: `${to} is no plain file` })
  writeWhole(file, text)
  return { action: 'copied', from, to, why: `${to} now says what ${from} says.` }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return isMissing ? undefined : fail('config.invalid', { file, line: 1, problem: 'it cannot be read' })
  }
}

/** Nobody ever sees half of it. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text)
  renameSync(`${file}.part`, file)
}

function recall(file: string): Readonly<Record<string, unknown>> {
  return parseObject(readText(file) ?? '{}') ?? {}
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
