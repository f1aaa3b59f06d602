import { expect, test } from 'vitest'
import { createFresh } from '../src/fresh.ts'

test('asked twice within the age -> one asking, one answer', async () => {
  let asked = 0
  const fresh = createFresh<number>(1000, () => 5)
  const answers = await Promise.all([fresh('a', async () => ++asked), fresh('a', async () => ++asked)])
  expect(answers).toEqual([1, 1])
})

test('asked again when the age has passed -> asked anew', async () => {
  let now = 0
  let asked = 0
  const fresh = createFresh<number>(1000, () => now)
  await fresh('a', async () => ++asked)
  now = 1001
  expect(await fresh('a', async () => ++asked)).toBe(2)
})

test('an asking still under way but too old -> not joined, since it may tell of an earlier time', async () => {
  let now = 0
  const fresh = createFresh<string>(1000, () => now)
  const { promise, resolve } = Promise.withResolvers<string>()
  const slow = fresh('a', () => promise)
  now = 2000
  expect(await fresh('a', async () => 'new')).toBe('new')
  resolve('old')
  expect(await slow).toBe('old')
})

test('other keys -> other answers', async () => {
  const fresh = createFresh<string>(1000, () => 0)
  expect(await fresh('a', async () => 'A')).toBe('A')
  expect(await fresh('b', async () => 'B')).toBe('B')
})
