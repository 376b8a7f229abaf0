import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** Folders whose files take longest: they go first, so that none of them is left over for one worker at the end. */
const LONGEST_FIRST = ['/test/real/', '/test/e2e/', '/test/contract/']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST_FIRST.findIndex((folder) => moduleId.includes(folder))
      return at < 0 ? LONGEST_FIRST.length : at
    }
    return [...(await super.sort(files))].sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    environment: 'node',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    include: ['test/**/*.test.{ts,tsx}'],
    sequence: { sequencer: LongestFirst },
    // Most tests wait for programs: one worker on two cores, which is the rule otherwise, leaves a core idle.
    maxWorkers: 3,
  },
})
