import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLimiter } from '../../src/run/limiter.ts'

/** Work that ends when told to, and notes when it began. */
function works() {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name)
      ends.set(name, () => resolve(name))
    })
  return { begun, work, end: (name: string) => ends.get(name)!() }
}

test('more than fit -> the rest waits its turn', async () => {
  const { begun, work, end } = works()
  const gate = createLimiter(() => 2)
  const all = ['a', 'b', 'c', 'd'].map((name) => gate('control', work(name)))
  await Promise.resolve()
  expect(begun).toEqual(['a', 'b'])
  end('b')
  await all[1]
  end('a')
  await setImmediate()
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
  end('c')
  end('d')
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd'])
})

test('another key -> another gate', async () => {
  const { begun, work } = works()
  const gate = createLimiter(() => 1)
  void gate('one', work('a'))
  void gate('other', work('b'))
  await Promise.resolve()
  expect(begun).toEqual(['a', 'b'])
})

test('work that fails -> lets the next in', async () => {
  const gate = createLimiter(() => 1)
  const failed = gate('k', () => Promise.reject(new Error('no')))
  const next = gate('k', async () => 'in')
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('in')
})
