/** The linter: what is wrong everywhere, and the walls between the rooms, which come from the table in tests/walls/. */
import { defineConfig, type OxlintOverride } from 'oxlint'
import { type Room, ROOMS } from './tests/walls/rooms.ts'

/** Refuses a room every package and every other room that the table does not give it. */
function wallsOf({ name, rooms, packages, pure }: Room): OxlintOverride {
  const others = ROOMS.map((room) => room.name).filter((other) => other !== name && !rooms.includes(other))
  return {
    files: [name.endsWith('.ts') ? `src/${name}` : `src/${name}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                '*',
                '*/**',
                '!./**',
                '!../**',
                ...packages.map((each) => `!${each}`),
                ...others.map((other) => (other.endsWith('.ts') ? `**/${other}` : `**/${other}/**`)),
              ],
              message: `The table in tests/walls/rooms.ts does not give this to ${name}.`,
            },
          ],
        },
      ],
      ...(pure === true && {
        'no-restricted-properties': [
          'error',
          { object: 'Math', property: 'random' },
          { object: 'Date', property: 'now' },
          { object: 'performance', property: 'now' },
        ],
      }),
    },
  }
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['dist', 'coverage', 'data'],
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'no-console': 'error',
    'no-unused-vars': 'error',
    eqeqeq: 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'vitest/no-conditional-tests': 'error',
    'vitest/no-focused-tests': 'error',
    'vitest/no-disabled-tests': 'error',
    'import/extensions': 'off',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'no-new': 'off',
    'oxc/no-map-spread': 'off',
    'no-underscore-dangle': 'off',
    'no-continue': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/consistent-return': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-process-exit': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'unicorn/require-module-specifiers': 'off',
    'unicorn/no-useless-undefined': 'off',
    'import/no-unassigned-import': 'off',
    'promise/always-return': 'off',
    'promise/no-multiple-resolved': 'off',
    'promise/prefer-await-to-then': 'off',
    'vitest/require-mock-type-parameters': 'off',
    'vitest/expect-expect': 'off',
    'vitest/no-conditional-expect': 'off',
    'vitest/no-standalone-expect': 'off',
    'vitest/valid-title': 'off',
    'vitest/require-to-throw-message': 'off',
  },
  overrides: [
    {
      files: ['src/**'],
      rules: {
        'max-lines': ['error', 300],
        'max-lines-per-function': ['error', 80],
        'max-params': ['error', 5],
      },
    },
    ...ROOMS.map(wallsOf),
    {
      files: ['dashboards/**'],
      rules: {
        'no-restricted-imports': [
          'error',
          {
            patterns: [
              {
                group: [
                  '*',
                  '*/**',
                  '!./**',
                  '!../**',
                  '**/src/*',
                  '**/src/*/**',
                  '!**/src/model/**',
                  '!node:*',
                  '!node:*/**',
                  '!@grafana/grafana-foundation-sdk/**',
                ],
                message: 'dashboards/ imports model/ and its own library.',
              },
            ],
          },
        ],
      },
    },
    { files: ['tests/**'], rules: { 'typescript/no-non-null-assertion': 'off', 'no-console': 'off' } },
  ],
})
