import { defineConfig } from 'vitest/config'

/** One backend with its real agent. */
const BACKENDS = 'test/real/{claude,opencode}-*.test.ts'
/** The whole program with both. */
const AGENTS = 'test/real/**/*.test.ts'

export default defineConfig({
  test: {
    environment: 'node',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // A process of its own for each file would take half of the time of those that need none. No test changes what others read.
    isolate: false,
    projects: [
      // Each real agent takes a core for seconds when it starts: more files of a project at once would only wait for each other.
      {
        extends: true,
        test: { name: 'agents', include: [AGENTS], exclude: [BACKENDS], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'backends', include: [BACKENDS], maxWorkers: 2, sequence: { groupOrder: 2 } } },
      {
        extends: true,
        // Most tests wait for programs: one worker on two cores, which is the rule otherwise, leaves a core idle.
        test: { name: 'rest', include: ['test/**/*.test.{ts,tsx}'], exclude: [AGENTS], maxWorkers: 2 },
      },
    ],
  },
})
