import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** They wait for others' clocks, most of all; what starts last would be waited for last. */
const LONGEST = ['e2e/chain', 'e2e/durability', 'e2e/dashboards', 'e2e/throttle', 'e2e/serve', 'e2e/replay']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const rank = LONGEST.findIndex((name) => moduleId.includes(name))
      return rank === -1 ? LONGEST.length : rank
    }
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

// What only counts has a worker a core. What looks at a lab, and what runs whole daemons, mostly waits: more of it at a time, and
// after the rest, beside which it would wait longer. The files of a worker share what they import, which is most of what a run costs.
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    isolate: false,
    // As in production: src/probe/README.md says why.
    execArgv: ['--no-memory-protection-keys'],
    sequence: { sequencer: LongestFirst },
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'text'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/censors/**', 'tests/faults/**', 'tests/e2e/**', 'tests/image/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'censors',
          include: ['tests/censors/**/*.test.ts', 'tests/faults/**/*.test.ts'],
          testTimeout: 180_000,
          maxWorkers: 5,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          maxWorkers: 5,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
