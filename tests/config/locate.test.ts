import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { embedded, locateConfig } from '../../src/config/locate.ts'

const otherwise = locateConfig(undefined, {})

test.each([
  {
    name: 'asked for, and in the environment',
    asked: 'a.yaml',
    env: { DIDBON_CONFIG: 'b.yaml' },
    found: 'a.yaml',
  },
  { name: 'in the environment alone', asked: undefined, env: { DIDBON_CONFIG: 'b.yaml' }, found: 'b.yaml' },
  { name: 'in the environment, but empty', asked: undefined, env: { DIDBON_CONFIG: '' }, found: otherwise },
  { name: 'asked for with nothing', asked: '', env: { DIDBON_CONFIG: 'b.yaml' }, found: '' },
])('$name -> $found', ({ asked, env, found }) => {
  expect(locateConfig(asked, env)).toBe(found)
})

test('nothing said -> a file that is there, the one that comes with didbon where the machine has none', () => {
  expect(existsSync(otherwise)).toBe(true)
  expect(['/etc/didbon/didbon.yaml', embedded('didbon.yaml')]).toContain(otherwise)
})
