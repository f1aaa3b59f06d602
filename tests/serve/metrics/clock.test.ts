import { expect, test } from 'vitest'
import { http } from '../../judge/builders.ts'
import { NOW, aMeasurement, givenMetrics } from './given.ts'

interface Answer {
  /** what its clock shows when it answers; ours shows NOW plus what it took */
  readonly dateAt: number
  readonly tookMs?: number
  readonly age?: string
  readonly startedAt?: number
}

function anAnswer({ dateAt, tookMs = 100, age, startedAt = NOW }: Answer) {
  const date = ['date', new Date(dateAt).toUTCString()] as const
  const headers = age === undefined ? [date] : [date, ['age', age] as const]
  return aMeasurement(http({ headers, startedMs: 0, durationMs: tookMs }), { startedAt })
}

async function skewAfter(answers: readonly Answer[], now = NOW): Promise<number | null> {
  const { metrics, lines } = await givenMetrics({ now: () => now })
  for (const answer of answers) metrics.heard(anAnswer(answer))
  const [line] = await lines('didbon_clock_skew_seconds')
  return line === undefined ? null : Number(line.split(' ')[1])
}

const times = (n: number, answer: Answer) => Array.from({ length: n }, () => answer)

test('too few answers -> absent: not known is not 0', async () => {
  expect(await skewAfter(times(2, { dateAt: NOW }))).toBeNull()
})

test.each([
  { name: 'right', dateAt: NOW, skew: 0 },
  { name: 'an hour ahead', dateAt: NOW - 3_600_000, skew: 3600 },
  { name: 'a day behind', dateAt: NOW + 86_400_000, skew: -86_400 },
])('our clock is $name -> within a second of $skew s', async ({ dateAt, skew }) => {
  expect(Math.abs((await skewAfter(times(3, { dateAt })))! - skew)).toBeLessThanOrEqual(1)
})

test('one server in three is wrong by a year -> the median does not care', async () => {
  const wrong = { dateAt: NOW - 365 * 86_400_000 }
  const skew = await skewAfter([wrong, ...times(3, { dateAt: NOW }), wrong])
  expect(Math.abs(skew!)).toBeLessThanOrEqual(1)
})

test('answers that took half a minute, or lay in a cache -> say nothing of now', async () => {
  expect(await skewAfter(times(5, { dateAt: NOW + 15_000, tookMs: 30_000 }))).toBeNull()
  expect(await skewAfter(times(5, { dateAt: NOW - 600_000, age: '600' }))).toBeNull()
  expect(await skewAfter(times(5, { dateAt: NOW, age: '0' }))).not.toBeNull()
})

test('an answer that took two seconds -> taken to be from their middle', async () => {
  const skew = await skewAfter(times(3, { dateAt: NOW + 1000, tookMs: 2000 }))
  expect(Math.abs(skew!)).toBeLessThanOrEqual(1)
})

test('our clock was set right -> the new skew, once half of those remembered are new', async () => {
  const skew = await skewAfter([...times(15, { dateAt: NOW - 3_600_000 }), ...times(8, { dateAt: NOW })])
  expect(Math.abs(skew!)).toBeLessThanOrEqual(1)
})

test('nothing heard for half an hour, or a Date that is none -> absent', async () => {
  expect(await skewAfter(times(3, { dateAt: NOW }), NOW + 3_600_000)).toBeNull()
  const { metrics, lines } = await givenMetrics()
  for (const headers of [[], [['date', 'yesterday'] as const]]) {
    for (let n = 0; n < 3; n += 1) metrics.heard(aMeasurement(http({ headers })))
  }
  expect(await lines('didbon_clock_skew_seconds')).toEqual([])
})
