import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'node',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    include: ['test/**/*.test.{ts,tsx}'],
    // Most tests wait for programs: one worker on two cores, which is the rule otherwise, leaves a core idle. With a third one the
    // real agents take each other's time.
    maxWorkers: 2,
    // A process of its own for each file would take half of the time of those that need none. No test changes what others read.
    isolate: false,
  },
})
