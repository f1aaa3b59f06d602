import { array, assert, asyncProperty, boolean, integer, nat, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Series, type Interval, defaultStepMs, openMetrics } from '../../src/export/openmetrics.ts'

const MINUTE = 60_000
const DAY = 86_400_000
/** on a whole step of any length used here */
const T0 = Date.UTC(2015, 4, 28)
const SPAN = { since: T0, until: T0 + 60 * MINUTE }

async function lines(series: Iterable<Series>, stepMs = 5 * MINUTE, span = SPAN): Promise<string[]> {
  const family = { name: 'gone', help: 'Gone', series }
  const text: string[] = []
  for await (const line of openMetrics([family], span, stepMs)) text.push(line)
  return text
}

/** Samples of one series as `minutes after T0=value`. */
async function samplesOf(intervals: readonly Interval[], stepMs = 5 * MINUTE): Promise<string[]> {
  const all = await lines([{ labels: {}, intervals }], stepMs)
  return all
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const [, value, seconds] = line.split(' ')
      return `${(Number(seconds) * 1000 - T0) / MINUTE}=${value}`
    })
}

/** In minutes after T0. */
function interval(from: number, until: number | null): Interval {
  return { fromAt: T0 + from * MINUTE, untilAt: until === null ? null : T0 + until * MINUTE }
}

describe('samples of an interval', () => {
  test('between steps -> at its beginning, at each whole step, and 0 at its end', async () => {
    expect(await samplesOf([interval(2, 13)])).toEqual(['2=1', '5=1', '10=1', '13=0'])
  })

  test('on whole steps -> none twice', async () => {
    expect(await samplesOf([interval(5, 15)])).toEqual(['5=1', '10=1', '15=0'])
  })

  test('shorter than a step -> there all the same', async () => {
    expect(await samplesOf([interval(6, 7)])).toEqual(['6=1', '7=0'])
  })

  test('to the millisecond -> timestamps in seconds, exact', async () => {
    const fromAt = T0 + 1
    expect(await lines([{ labels: {}, intervals: [{ fromAt, untilAt: T0 + 2 }] }])).toContain(
      `gone 1 ${T0 / 1000}.001`,
    )
  })

  test('begun before the span -> from the span on; going on beyond it -> no end within', async () => {
    const whole = Array.from({ length: 12 }, (_, n) => `${n * 5}=1`)
    expect(await samplesOf([interval(-60, 90)])).toEqual(whole)
    expect(await samplesOf([interval(-60, null)])).toEqual(whole)
    expect(await samplesOf([interval(-60, 60)])).toEqual(whole)
  })

  test('outside the span, or of no length -> none', async () => {
    expect(await samplesOf([interval(-20, -10), interval(-20, 0), interval(60, 70), interval(5, 5)])).toEqual(
      [],
    )
  })

  test('steps count from 1970, not from the beginning, so that whoever asks at multiples of them meets a sample', async () => {
    expect(await samplesOf([interval(7, 59)], 20 * MINUTE)).toEqual(['7=1', '20=1', '40=1', '59=0'])
  })
})

describe('intervals of one series', () => {
  test('that overlap, touch or lie in each other, in any order -> one', async () => {
    const one = await samplesOf([interval(0, 20)])
    expect(await samplesOf([interval(10, 20), interval(0, 10)])).toEqual(one)
    expect(await samplesOf([interval(5, 20), interval(0, 12)])).toEqual(one)
    expect(await samplesOf([interval(0, 20), interval(3, 4)])).toEqual(one)
  })

  test('with a gap between -> an end and a new beginning, in order of time', async () => {
    expect(await samplesOf([interval(21, 24), interval(1, 4)])).toEqual(['1=1', '4=0', '21=1', '24=0'])
  })

  test('one without an end -> it swallows what comes later', async () => {
    expect((await samplesOf([interval(50, null), interval(52, 53)])).at(-1)).toBe('55=1')
  })
})

test('a family -> declared once, its series one after another, and the text ends in EOF', async () => {
  const series = ['a', 'b'].map((label) => ({ labels: { label }, intervals: [interval(0, 4)] }))
  expect(await lines(series)).toEqual([
    '# HELP gone Gone',
    '# TYPE gone gauge',
    `gone{label="a"} 1 ${T0 / 1000}`,
    `gone{label="a"} 0 ${T0 / 1000 + 240}`,
    `gone{label="b"} 1 ${T0 / 1000}`,
    `gone{label="b"} 0 ${T0 / 1000 + 240}`,
    '# EOF',
  ])
})

test('quotes, backslashes and line ends in a label -> escaped', async () => {
  const [, , line] = await lines([{ labels: { a: 'x"y\\z\n' }, intervals: [interval(0, 4)] }])
  expect(line).toBe(`gone{a="x\\"y\\\\z\\n"} 1 ${T0 / 1000}`)
})

test.each([
  { days: 1, step: 5 },
  { days: 93, step: 5 },
  { days: 94, step: 60 },
  { days: 4000, step: 60 },
])('a span of $days days -> a sample every $step minutes', ({ days, step }) => {
  expect(defaultStepMs({ since: T0, until: T0 + days * DAY })).toBe(step * MINUTE)
})

test('a span of a century -> nothing is made before it is asked for', async () => {
  const span = { since: 0, until: 100 * 365 * DAY }
  const series = [{ labels: {}, intervals: [{ fromAt: 0, untilAt: null }] }]
  const text = openMetrics([{ name: 'gone', help: 'Gone', series }], span, 1)
  for (let n = 0; n < 3; n += 1) await text.next()
  expect(await text.next()).toEqual({ done: false, value: 'gone 1 0.001' })
  await text.return(undefined)
})

test('any intervals, any step -> each sample says what held then; every whole step within has one; times only grow', async () => {
  const some = array(
    tuple(integer({ min: -20, max: 80 }), nat(30), boolean()).map(([from, length, open]) =>
      interval(from, open && length > 28 ? null : from + length),
    ),
    { maxLength: 6 },
  )
  await assert(
    asyncProperty(some, integer({ min: 1, max: 15 }), async (intervals, step) => {
      const holds = (at: number) =>
        intervals.some(
          ({ fromAt, untilAt }) => fromAt <= at && at < Math.min(untilAt ?? Infinity, SPAN.until),
        )
      const samples = (await samplesOf(intervals, step * MINUTE)).map((text) => text.split('=').map(Number))
      const times = samples.map(([minute]) => minute!)
      expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
      for (const [minute, value] of samples) expect(value).toBe(holds(T0 + minute! * MINUTE) ? 1 : 0)
      const due = Array.from({ length: 60 }, (_, minute) => minute).filter(
        (minute) => (T0 / MINUTE + minute) % step === 0 && holds(T0 + minute * MINUTE),
      )
      expect(times).toEqual(expect.arrayContaining(due))
    }),
  )
})
