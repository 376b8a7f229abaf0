import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { splitArguments } from '../../src/ui/overlays/arguments.ts'
import { DOCUMENTS, linesIn } from '../harness/docs-lines.ts'
import { type DocsStage, openDocsStage, type RunAbout } from '../harness/docs-stage.ts'
import { SAY } from '../harness/stand-in-backend.ts'

/** What a line runs with: words that stand for something else, and where it runs. */
interface Cast extends RunAbout {
  readonly words?: Readonly<Record<string, string>>
}

type Prepare = (stage: DocsStage, match: RegExpExecArray) => Promise<Cast | undefined>

const QUESTION = SAY.asks({
  kind: 'question',
  options: ['tests', 'docs', 'lint'].map((label, at) => ({ key: String(at + 1), label })),
  answers: ['option', 'text'],
})
const FORM = SAY.asks({
  kind: 'question',
  questions: [
    {
      title: 'Scope',
      body: 'What next?',
      options: ['tests', 'docs', 'lint'].map((label, at) => ({ key: String(at + 1), label })),
      isMulti: true,
      takesText: true,
    },
  ],
  answers: ['options'],
})

/** What has to be there before a line, by what the line says. All that match are prepared, in this order. */
const STAGE: readonly (readonly [RegExp, Prepare])[] = [
  [/^\w+/, async ({ running }) => void (await running.host.resumePool())],
  [/ (toast|nux)\b/g, async (stage, [, name = '']) => void (await stage.session(name))],
  [/^(?:spawn|sling|fork) .*--name (\S+)/, async (stage, [, name = '']) => stage.without(name).then(() => undefined)],
  [/^(\w+) start/, async (stage, [, role = '']) => stage.without(role).then(() => undefined)],
  [/^(mayor) attach/, async (stage, [, role = '']) => void (await stage.session(role, role))],
  [/^broadcast/, async (stage) => void (await stage.session('slit'))],
  [/^(?:interrupt) (\S+)/, async (stage, [, name = '']) => says(stage, name, SAY.working())],
  [/^logs (\S+)/, async (stage, [, name = '']) => says(stage, name, SAY.replied('All tests pass.'))],
  [/^(?:answer|wait) (\S+) (?:allow|deny|--for need)/, async (stage, [, name = '']) => says(stage, name, SAY.asks())],
  [/^answer (\S+) \d$/, async (stage, [, name = '']) => says(stage, name, QUESTION)],
  [/^answer (\S+) \d,/, async (stage, [, name = '']) => says(stage, name, FORM)],
  [/^resume (\S+)/, ends],
  [
    /^worktree (?:remove|restore) api\/(\S+)/,
    async (stage, [, name = '']) => stage.without(name).then(() => undefined),
  ],
  [/^worktree (?:remove|restore) api\/(\S+)/, ends],
  [/^worktree restore api\/(\S+)/, archives],
  [/^sling (\S+)/, async (stage, [, id = '']) => stage.noWork(id).then(() => undefined)],
  [/^work (?:show|cancel|assign) (\S+)/, async (stage, [, id = '']) => stage.work(id).then(() => undefined)],
  [
    /^work retry (\S+)/,
    async (stage, [, id = '']) =>
      stage
        .work(id)
        .then(() => stage.noWork(id))
        .then(() => undefined),
  ],
  [/^mail ack (\S+)/, async (stage, [, id = '']) => ({ words: { [id]: (await stage.mail('mayor/')).id } })],
  [/^(?:done|fail)\b(?!.*--work)/, async (stage) => holds(stage, 'issue-0')],
  [/--work (\S+)/, async (stage, [, id = '']) => stage.work(id).then(() => undefined)],
  [/~\/town/, async ({ town }) => ({ words: { '~/town': town } })],
  [/--follow|--watch/, async () => ({ isStream: true })],
]

async function says(stage: DocsStage, name: string, signal: ReturnType<typeof SAY.asks>): Promise<undefined> {
  const { agent } = await stage.session(name)
  agent.say(signal)
  return undefined
}

async function ends(stage: DocsStage, [, name = '']: RegExpExecArray): Promise<undefined> {
  const { id } = await stage.session(name)
  await stage.running.host.terminateSession(id, { isForced: true })
  return undefined
}

async function archives({ running: { host, facts } }: DocsStage, [, name]: RegExpExecArray): Promise<undefined> {
  const session = Object.values(facts.fleet.sessions).find(({ agentName }) => agentName === name)
  if (session === undefined) return undefined
  writeFileSync(join(session.workDir, 'unsaved.txt'), 'not committed\n')
  await host.removeWorktree(session.id, { isForced: true })
  return undefined
}

async function holds(stage: DocsStage, id: string): Promise<Cast> {
  const { id: inSession } = await stage.session('toast')
  await stage.work(id, inSession)
  return { inSession }
}

const LINES = [...new Set(DOCUMENTS.flatMap(linesIn).map(({ line }) => line.replace(/^signalbox /, '')))]

describe('every command line of the documents does what it says', () => {
  let stage: DocsStage
  beforeAll(async () => {
    stage = await openDocsStage()
  }, 60_000)
  afterAll(() => stage[Symbol.asyncDispose](), 60_000)

  test.each(LINES)('%s', async (line) => {
    let cast: Cast = {}
    for (const [pattern, prepare] of STAGE) {
      for (const match of matchesOf(pattern, line)) cast = { ...cast, ...(await prepare(stage, match)) }
    }
    const words = splitArguments(line).map((word) => replaced(word, cast.words ?? {}))
    const { exit, stderr } = await stage.run(words, cast)
    expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: cast.isStream === true ? 130 : 0, stderr: '' })
  })
})

function matchesOf(pattern: RegExp, line: string): readonly RegExpExecArray[] {
  if (pattern.global) return [...line.matchAll(pattern)]
  const match = pattern.exec(line)
  return match === null ? [] : [match]
}

function replaced(word: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce((text, [from, to]) => text.replaceAll(from, to), word)
}
