import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createFresh } from '../../src/run/fresh.ts'

setFlagsFromString('--expose-gc')

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

test('an asking from the future, the clock was set back -> not joined', async () => {
  let now = 3_600_000
  let asked = 0
  const fresh = createFresh<number>(() => now)
  await fresh('a', now - 5000, async () => ++asked)
  now = 0
  expect(await fresh('a', -5000, async () => ++asked)).toBe(2)
  expect(await fresh('a', -5000, async () => ++asked)).toBe(2)
})

test('an asking of more than a minute ago -> forgotten, whoever would still take it', async () => {
  let now = 0
  let asked = 0
  const fresh = createFresh<number>(() => now)
  await fresh('a', 0, async () => ++asked)
  now = 60_000
  expect(await fresh('a', 0, async () => ++asked)).toBe(1)
  now = 60_001
  expect(await fresh('a', 0, async () => ++asked)).toBe(2)
})

test('keys that never come again -> their answers are let go', async () => {
  let now = 0
  const fresh = createFresh<object>(() => now)
  const answers: WeakRef<object>[] = []
  for (let n = 0; n < 200; n++) {
    now = n * 1000
    answers.push(new WeakRef(await fresh(`203.0.113.${n}`, now, async () => ({ n }))))
  }
  const collect = runInNewContext('gc') as () => void
  // a weak reference keeps what it names until the turn it was made in is over
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  expect(answers.filter((answer) => answer.deref() !== undefined).length).toBeLessThanOrEqual(61)
})
