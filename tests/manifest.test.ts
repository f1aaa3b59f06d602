import { readFile, readdir } from 'node:fs/promises'
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

test('what runs in production -> nothing is compiled, and the one native module has its binaries for both kinds of server', async () => {
  const { packages } = (await read('package-lock.json')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; hasInstallScript?: boolean }>
  }
  const scripted = Object.entries(packages).filter(
    ([, { dev, optional, hasInstallScript }]) =>
      hasInstallScript === true && dev !== true && optional !== true,
  )
  expect(scripted.map(([path]) => path)).toEqual([])
  const binaries = await readdir(new URL('../node_modules/better-sqlite3/prebuilds', import.meta.url))
  expect(binaries).toEqual(expect.arrayContaining(['linux-x64.node', 'linux-arm64.node']))
})
