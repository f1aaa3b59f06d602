import { expect, test } from 'vitest'
import { createFresh } from '../src/fresh.ts'

test('asked twice at about the same time -> one asking, one answer', async () => {
  let asked = 0
  const fresh = createFresh<number>(() => 5000)
  expect(
    await Promise.all([fresh('a', 4000, async () => ++asked), fresh('a', 5000, async () => ++asked)]),
  ).toEqual([1, 1])
})

test('the last asking is older than wanted -> asked anew', async () => {
  let now = 0
  let asked = 0
  const fresh = createFresh<number>(() => now)
  await fresh('a', 0, async () => ++asked)
  now = 1001
  expect(await fresh('a', 1, async () => ++asked)).toBe(2)
})

test('an asking still under way but too old -> not joined, since it may tell of an earlier time', async () => {
  let now = 0
  const fresh = createFresh<string>(() => now)
  const { promise, resolve } = Promise.withResolvers<string>()
  const slow = fresh('a', 0, () => promise)
  now = 2000
  expect(await fresh('a', 1000, async () => 'new')).toBe('new')
  resolve('old')
  expect(await slow).toBe('old')
})

test('other keys -> other answers', async () => {
  const fresh = createFresh<string>(() => 0)
  expect(await fresh('a', 0, async () => 'A')).toBe('A')
  expect(await fresh('b', 0, async () => 'B')).toBe('B')
})
