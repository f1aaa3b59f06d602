import { expect, test } from 'vitest'
import { failureChance, fineChance, newMemory, remember } from '../../src/detect/memory.ts'
import type { Memory } from '../../src/detect/state.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'

const PRIOR = 0.02
const TIMEOUT = 'generic_timeout_error'
const chance = (memory: Memory, failure = TIMEOUT): number => failureChance(memory, failure, PRIOR, DEFAULTS)

function after(measurements: readonly (string | null)[], everyMs = 30_000): Memory {
  const memory = newMemory(0)
  measurements.forEach((failure, i) => remember(memory, failure, i * everyMs, DEFAULTS))
  return memory
}
const many = (n: number, failure: string | null): (string | null)[] =>
  Array.from({ length: n }, () => failure)

test('nothing seen yet -> the prior', () => {
  expect(chance(newMemory(0))).toBe(PRIOR)
})

test('a week without a failure -> never below the floor that the fast prior sets, so no look decides alone', () => {
  const floor = (PRIOR * DEFAULTS.fastPriorLooks) / (DEFAULTS.fastPriorLooks + DEFAULTS.fastMemoryLooks)
  const learned = chance(after(many(20_000, null)))
  expect(learned).toBeGreaterThanOrEqual(floor)
  expect(learned).toBeLessThan(1.05 * floor)
})

test('a path that went bad five minutes ago -> the fast memory knows, though the day was fine', () => {
  const day = many(2880, null)
  const bad = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? TIMEOUT : null))
  expect(chance(after([...day, ...bad]))).toBeGreaterThan(0.2)
})

test('bad for an hour, and by luck fine for the last ten minutes -> the middle memory still knows', () => {
  const hour = Array.from({ length: 120 }, (_, i) => (i % 4 === 0 ? TIMEOUT : null))
  const learned = chance(after([...many(2880, null), ...hour, ...many(20, null)]))
  expect(learned).toBeGreaterThan(0.1)
})

test('bad all day, fine for the last quarter of an hour -> the slow memory has not forgotten', () => {
  const day = Array.from({ length: 2880 }, (_, i) => (i % 2 === 0 ? TIMEOUT : null))
  const learned = chance(after([...day, ...many(30, null)]))
  expect(learned).toBeGreaterThan(0.4)
  expect(learned).toBeLessThan(0.5)
})

test('bad ten days ago -> forgotten, and nothing left to store', () => {
  const memory = after([...many(10, TIMEOUT), ...many(10 * 2880, null)])
  expect(memory.failures).toEqual({})
})

test('one kind of failure -> says nothing of another', () => {
  const memory = after([...many(20, TIMEOUT)])
  expect(chance(memory, 'connection_reset')).toBeLessThan(PRIOR)
})

test('few failures -> taken a standard deviation higher', () => {
  const one = chance(after([...many(100, null), TIMEOUT]))
  expect(one).toBeGreaterThan(2 / (DEFAULTS.fastPriorLooks + DEFAULTS.fastMemoryLooks))
})

test('half of the looks fail in two ways -> a fine look is as likely as not', () => {
  const memory = after(
    Array.from({ length: 200 }, (_, i) => [null, TIMEOUT, null, 'connection_reset'][i % 4]!),
  )
  expect(fineChance(memory, DEFAULTS)).toBeGreaterThan(0.5)
  expect(fineChance(memory, DEFAULTS)).toBeLessThan(0.65)
})

test('a look from before the last one remembered -> time does not run backwards', () => {
  const memory = after(many(10, null))
  remember(memory, null, 0, DEFAULTS)
  expect(memory.at).toBe(9 * 30_000)
  expect(memory.looks[0]).toBeLessThanOrEqual(11)
})

test('failed before weeks in which nobody looked -> the memory that counts looks still knows', () => {
  const memory = after([...many(100, null), TIMEOUT])
  remember(memory, null, 30 * 86_400_000, DEFAULTS)
  expect(memory.failures[TIMEOUT]![0]).toBeLessThan(1e-3)
  expect(chance(memory)).toBeGreaterThan(2 / (DEFAULTS.fastPriorLooks + DEFAULTS.fastMemoryLooks))
})
