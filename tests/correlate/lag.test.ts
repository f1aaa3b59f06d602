import { describe, expect, test } from 'vitest'
import { lagDensity } from '../../src/correlate/lag.ts'
import type { Span } from '../../src/correlate/lag.ts'
import { DEFAULTS } from '../../src/correlate/settings.ts'

const SETTINGS = { medianLagHours: 18, lagSigma: 1.4, shareBefore: 0, shareBeforeScheduled: 0.3 }
const after = (span: Span) => lagDensity(SETTINGS)(span, false).after
const whole = (settings: typeof SETTINGS) => (span: Span, scheduled: boolean) => {
  const { after, before } = lagDensity(settings)(span, scheduled)
  return after + before
}

/** The same mean by summing over the normal variable the logarithm of a lag is: knows nothing of any CDF. */
function bySumming({ leastLag, onsetWidth, eventWidth }: Span): number {
  const [thin, wide] = [Math.min(onsetWidth, eventWidth), Math.max(onsetWidth, eventWidth)]
  // the difference of two uniform moments: a trapezium
  const share = (lag: number) => {
    const x = lag - leastLag
    if (x <= 0 || x >= thin + wide) return 0
    return Math.min(x / thin, 1, (thin + wide - x) / thin) / wide
  }
  const normalOf = (lag: number) => (lag <= 0 ? -12 : Math.max(-12, (Math.log(lag) - Math.log(18)) / 1.4))
  const [from, to] = [normalOf(leastLag), normalOf(leastLag + thin + wide)]
  const steps = 200_000
  let sum = 0
  for (let i = 0; i <= steps; i++) {
    const u = from + ((to - from) * i) / steps
    sum += (Math.exp(-u * u * 0.5) / Math.sqrt(2 * Math.PI)) * share(18 * Math.exp(1.4 * u))
  }
  return (sum * (to - from)) / steps
}

describe('expected lag density', () => {
  test.each<Span>([
    { leastLag: 0, onsetWidth: 24, eventWidth: 6 },
    { leastLag: -6, onsetWidth: 30, eventWidth: 6 },
    { leastLag: -24, onsetWidth: 24, eventWidth: 24 },
    { leastLag: -500, onsetWidth: 700, eventWidth: 700 },
    { leastLag: 5, onsetWidth: 0.2, eventWidth: 0.3 },
    { leastLag: 17.9, onsetWidth: 1, eventWidth: 12 },
    { leastLag: 18.1, onsetWidth: 1, eventWidth: 12 },
    { leastLag: 300, onsetWidth: 24, eventWidth: 24 },
    { leastLag: 4, onsetWidth: 24, eventWidth: 0.05 },
    { leastLag: 4, onsetWidth: 0.05, eventWidth: 24 },
    { leastLag: -0.03, onsetWidth: 0.05, eventWidth: 48 },
    { leastLag: 1400, onsetWidth: 24, eventWidth: 2 },
  ])('windows %o -> as by summing over the lag', (span) => {
    const expected = bySumming(span)
    expect(Math.abs(after(span) / expected - 1)).toBeLessThan(1e-6)
  })

  test('both moments known -> the log-normal density itself', () => {
    const f =
      Math.exp(-(((Math.log(30) - Math.log(18)) / 1.4) ** 2) / 2) / (30 * 1.4 * Math.sqrt(2 * Math.PI))
    expect(after({ leastLag: 30, onsetWidth: 0, eventWidth: 0 })).toBeCloseTo(f, 14)
  })

  test('one moment known, the other within the median after it -> half, spread over the window', () => {
    expect(after({ leastLag: 0, onsetWidth: 18, eventWidth: 0 })).toBeCloseTo(0.5 / 18, 14)
    expect(after({ leastLag: 0, onsetWidth: 0, eventWidth: 18 })).toBeCloseTo(0.5 / 18, 14)
  })

  test.each([1e-3, 1e-5, 0])('windows shrink to %s h -> the density stays where it was', (width) => {
    for (const leastLag of [0.5, 6, 17.999, 40, 900]) {
      const known = after({ leastLag, onsetWidth: 0, eventWidth: 0 })
      expect(after({ leastLag, onsetWidth: width, eventWidth: width }) / known).toBeCloseTo(1, 2)
    }
  })

  test.each([
    ['thin windows take another way', 10, [0.0999999, 0.1000001]],
    ['long lags take another way', null, [17.9999999, 18.0000001]],
  ] as const)('%s -> no step between them', (_, leastLag, [below, above]) => {
    const at = (x: number) =>
      leastLag === null
        ? after({ leastLag: x, onsetWidth: 5, eventWidth: 2 })
        : after({ leastLag, onsetWidth: 5, eventWidth: x })
    expect(at(above) / at(below)).toBeCloseTo(1, 6)
  })

  test('onset windows side by side from long before to long after -> all of the probability', () => {
    const density = whole(DEFAULTS)
    for (const scheduled of [false, true]) {
      let sum = 0
      for (let from = -20_000; from < 20_000; from += 40) {
        sum += 40 * density({ leastLag: from - 6, onsetWidth: 40, eventWidth: 6 }, scheduled)
      }
      expect(sum).toBeCloseTo(1, 5)
    }
  })

  test('swapping the widths -> the same, since only their difference counts', () => {
    const one = after({ leastLag: 3, onsetWidth: 50, eventWidth: 7 })
    expect(after({ leastLag: 3, onsetWidth: 7, eventWidth: 50 })).toBeCloseTo(one, 15)
  })

  test('an outage before the event -> 2 % of the same lag after it, 30 % : 70 % when it was announced', () => {
    const density = whole(DEFAULTS)
    const point = (leastLag: number, scheduled: boolean) =>
      density({ leastLag, onsetWidth: 0, eventWidth: 0 }, scheduled)
    expect(point(-20, false) / point(20, false)).toBeCloseTo(2 / 98, 12)
    expect(point(-20, true) / point(20, true)).toBeCloseTo(30 / 70, 12)
  })

  test('short windows two months apart -> no digits lost to rounding', () => {
    for (let lag = 1_400; lag < 1_450; lag++) {
      const known = after({ leastLag: lag, onsetWidth: 0, eventWidth: 0 })
      const windows = after({ leastLag: lag - 0.11, onsetWidth: 0.11, eventWidth: 0.11 })
      expect(Math.abs(windows / known - 1)).toBeLessThan(5e-7)
    }
  })

  test('thirteen years apart -> nothing, and never below', () => {
    for (const width of [0, 1 / 3600, 0.09, 0.11, 24]) {
      const far = after({ leastLag: 114_000, onsetWidth: width, eventWidth: width })
      expect(far).toBeGreaterThanOrEqual(0)
      expect(far).toBeLessThan(1e-12)
    }
  })
})
