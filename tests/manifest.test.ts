import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const read = async (file: string) =>
  JSON.parse(await readFile(new URL(`../${file}`, import.meta.url), 'utf8'))

test('better-sqlite3 in the lock file -> said to need no compiler, or npm 10 calls one on a fresh machine', async () => {
  const { packages } = (await read('package-lock.json')) as {
    packages: Record<string, { gypfile?: boolean; version: string }>
  }
  expect(packages['node_modules/better-sqlite3']).toMatchObject({ gypfile: false })
})

test.each([
  ['better-sqlite3', 13],
  ['undici', 8],
  ['vitest', 5],
  ['typescript', 7],
  ['node', 24],
])('%s in the lock file -> major version %d', async (name, major) => {
  const { packages } = (await read('package-lock.json')) as { packages: Record<string, { version: string }> }
  expect(packages[`node_modules/${name}`]!.version).toMatch(new RegExp(`^${major}\\.`))
})

test('engines -> at least the Node that the scripts run on', async () => {
  const { engines } = (await read('package.json')) as { engines: { node: string } }
  expect(engines.node).toBe('>=24')
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24)
})
