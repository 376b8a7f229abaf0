import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DEFAULT_ROLES } from '../../src/config/names.ts'
import type { Verb } from '../../src/core/commands/verb.ts'
import { VERBS } from '../../src/core/commands.ts'
import { splitArguments } from '../../src/ui/overlays/arguments.ts'
import { DOCUMENTS, linesIn } from '../harness/docs-lines.ts'

const ROOT = join(import.meta.dirname, '../..')
const EVERYWHERE = new Set(['json', 'help', 'version'])

function verbOf(word: string): Verb | undefined {
  return VERBS.find(({ name }) => name === (DEFAULT_ROLES.includes(word) ? 'role' : word))
}

/** What is wrong with a command line; undefined when the command table knows all of it. */
function problemOf(line: string): string | undefined {
  const [, word = '', ...args] = splitArguments(line)
  const verb = verbOf(word)
  if (verb === undefined) return `there is no verb ${word}`
  const takes = new Map(verb.options.map(({ flags }) => [/--([\w-]+)/.exec(flags)?.[1] ?? '', /</.test(flags)]))
  let given = 0
  for (let index = 0; index < args.length && args[index] !== '--'; index += 1) {
    const name = /^--([\w-]+)/.exec(args[index] ?? '')?.[1]
    if (name === undefined) given += 1
    else if (!takes.has(name) && !EVERYWHERE.has(name)) return `${word} takes no --${name}`
    else if (takes.get(name) === true) index += 1
  }
  const least = verb.arguments.filter(({ isOptional, isVariadic }) => isOptional !== true && isVariadic !== true).length
  const isOpenEnded = verb.arguments.some(({ isVariadic }) => isVariadic === true)
  if (given < least) return `${word} needs ${least} arguments`
  return given > verb.arguments.length && !isOpenEnded ? `${word} takes ${verb.arguments.length} arguments` : undefined
}

describe('what the documents say', () => {
  test.each(DOCUMENTS.flatMap(linesIn))('$file: $line', ({ line }) => {
    expect(problemOf(line)).toBeUndefined()
  })

  test.each(DOCUMENTS)('every file that %s links to is there', (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([])
  })
})
