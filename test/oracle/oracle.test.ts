import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareInside } from './compare.ts'
import { EXAMPLE_SIZE, EXPLAINED } from './explained.ts'
import { explainedTable } from './explained-table.ts'
import { describeFailure, judgeProgram, programOf } from './generated.ts'
import { createOurScreen } from './our-screen.ts'
import { readRecordings } from './recording.ts'
import { compareRecording } from './replay.ts'
import { openTmux, type TmuxScreen, tmuxVersion } from './tmux.ts'
import { complaints, judge } from './verdict.ts'

const PROGRAMS = 150
const recordings = readRecordings()

describe('what is known to differ from tmux', () => {
  test('is what docs/rendering.md lists (npm run oracle -- --table)', () => {
    const document = readFileSync(join(import.meta.dirname, '../../docs/rendering.md'), 'utf8')
    expect(document).toContain(explainedTable())
  })

  test.each(EXPLAINED.map((each) => [each.id, each] as const))('%s', (_, { example, rows }) => {
    using ours = createOurScreen(EXAMPLE_SIZE)
    ours.write(Buffer.from(example))
    expect(ours.shown().map((row) => row.join('').trimEnd())).toEqual(rows.map((row) => row.trimEnd()))
    expect(compareInside(ours).innerDifferences).toEqual([])
  })
})

describe.skipIf(tmuxVersion() === undefined)('beside a real tmux', () => {
  let tmux: TmuxScreen

  beforeAll(async () => {
    tmux = await openTmux()
  })

  afterAll(() => tmux[Symbol.asyncDispose]())

  test.each(recordings.map((each) => [each.name, each] as const))('%s looks the same', async (_, recording) => {
    const looks = await compareRecording(tmux, recording)
    expect(looks).not.toEqual([])
    const wrong = looks.map(({ look, ...comparison }) => ({ look, wrong: complaints(judge(comparison, look)) }))
    expect(wrong.filter((each) => each.wrong.length > 0)).toEqual([])
  })

  test(`${PROGRAMS} generated programs look the same`, async () => {
    for (let seed = 1; seed <= PROGRAMS; seed += 1) {
      const program = programOf(seed)
      const isRight = complaints(await judgeProgram(tmux, program)).length === 0
      if (!isRight) expect.fail(`the program of seed ${seed}: ${await describeFailure(tmux, program)}`)
    }
  })
})
