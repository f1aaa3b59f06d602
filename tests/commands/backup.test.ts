import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { SMALL, aLookout } from './record-cli.ts'

test('a copy -> what is in it on stdout, how far it was on stderr; and it opens', async () => {
  const { run, folder } = await aLookout(SMALL)
  await run('events', 'list')
  const copy = join(folder, 'copy.db')
  const { code, stdout, stderr } = await run('backup', copy)
  expect(code).toBe(0)
  const { size } = await stat(copy)
  expect(stdout).toMatch(
    new RegExp(
      `^${copy}: ${(size / 1e6).toFixed(1)} MB, checked: 0 measurements, 0 outages, 1 events; \\d+\\.\\d s\\n$`,
    ),
  )
  expect(stderr).toMatch(/^copied \d+ % of \d+ pages\n(copied .*\n)*copied; checking it from end to end\n$/)
  const reader = openStoreReadOnly(copy)
  expect((await reader.events()).map(({ event }) => event.id)).toEqual(['a-speech'])
  reader.close()
})

test('--json -> where from, where to, how large, which schema, the rows of every table, and how long it took', async () => {
  const { run, store, folder } = await aLookout(SMALL)
  await run('events', 'list')
  const { code, stdout } = await run('backup', join(folder, 'copy.db'), '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    store,
    file: join(folder, 'copy.db'),
    bytes: (await stat(join(folder, 'copy.db'))).size,
    schema: expect.any(Number),
    rows: expect.objectContaining({ event: 1, report: 1, measurement: 0, outage: 0, token: 0 }),
    tookMs: expect.any(Number),
  })
})

test.each([
  { name: 'the name is taken', file: 'taken', says: /taken is there already and is left as it is/, code: 2 },
  { name: 'no such folder', file: 'no/where.db', says: /There is no folder .*no: make it first/, code: 2 },
])('$name -> $code, and nothing is left', async ({ file, says, code }) => {
  const { run, folder } = await aLookout(SMALL)
  await writeFile(join(folder, 'taken'), 'mine')
  await run('events', 'list')
  const before = await readdir(folder)
  const done = await run('backup', join(folder, file))
  expect([done.code, done.stdout]).toEqual([code, ''])
  expect(done.stderr).toMatch(says)
  expect(await readdir(folder)).toEqual(before)
})

test('no store yet -> 2, naming where it looked, and none is made', async () => {
  const { run, folder, store } = await aLookout(SMALL)
  const before = await readdir(folder)
  const { code, stderr } = await run('backup', join(folder, 'copy.db'))
  expect([code, stderr]).toEqual([
    2,
    `didbon: There is no store at ${store}: nothing to copy. The configuration says where it is.\n`,
  ])
  expect(await readdir(folder)).toEqual(before)
})
