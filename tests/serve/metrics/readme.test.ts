import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { givenMetrics } from './given.ts'

test('every metric -> said in the README what it means', async () => {
  const { metrics } = await givenMetrics()
  const text = await metrics.expose('text')
  const names = [...text.matchAll(/^# TYPE (didbon_\S+)/gm)].map(([, name]) => name)
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  expect(names.length).toBeGreaterThan(40)
  expect(names.filter((name) => !readme.includes(`\`${name}`))).toEqual([])
})
