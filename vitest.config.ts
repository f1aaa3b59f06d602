import { defineConfig } from 'vitest/config'

// What only counts has a worker a core. What looks at a lab, and what runs whole daemons, mostly waits: more of it at a time, and
// after the rest, beside which it would wait longer.
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    // As in production: src/probe/README.md says why.
    execArgv: ['--no-memory-protection-keys'],
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'text'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/censors/**', 'tests/e2e/**', 'tests/image/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'censors',
          include: ['tests/censors/**/*.test.ts'],
          maxWorkers: 5,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
