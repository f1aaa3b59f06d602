import { describe, expect, test } from 'vitest'
import { type LineShape, type LineEpisode, openLine } from './lines.ts'
import { createRandom } from '../../src/lab/random.ts'
import type { Rates } from '../../src/model/rates.ts'

const HOUR = 3_600_000
/** two in the morning in Dushanbe, when nobody watches films */
const NIGHT = Date.UTC(2015, 4, 1, 21)
/** nine in the evening there */
const EVENING = Date.UTC(2015, 4, 2, 16)

const SHAPE: LineShape = {
  capacity: 2_000_000,
  eveningShare: 0.1,
  pathEveningShare: 1,
  ownBytes: true,
  namesAllowed: true,
  hasControl: true,
}

/** The middle one of many measurements within an hour. */
function timed(from: number, kind: LineEpisode['kind'] | null, shape: Partial<LineShape> = {}) {
  const episodes = kind === null ? [] : [{ kind, from, to: from + HOUR, bytesPerSecond: 16_000 }]
  const line = openLine({ ...SHAPE, ...shape }, episodes, createRandom(1, kind ?? 'none'))
  const measurements = Array.from({ length: 60 }, (_, n) => line.time(from + n * 60_000))
  const middle = (of: (rates: Rates) => number | null | undefined) => {
    const values = measurements.map(of).filter((value) => value !== null && value !== undefined)
    return values.toSorted((a, b) => a - b)[values.length >> 1] ?? null
  }
  return {
    target: middle(({ target }) => target?.bytesPerSecond),
    neutral: middle(({ neutral }) => neutral?.bytesPerSecond),
    control: middle(({ control }) => control?.bytesPerSecond),
    byName: middle(({ byName }) => byName),
  }
}

describe('one line, timed', () => {
  test('all well at night -> fast, and no control is asked', () => {
    const { target, neutral, byName } = timed(NIGHT, null)
    expect(Math.min(target!, neutral!)).toBeGreaterThan(500_000)
    expect(byName).toBeNull()
  })

  test('in the evening -> all of it slower', () => {
    const { target, neutral } = timed(EVENING, null)
    expect(Math.max(target!, neutral!)).toBeLessThan(500_000)
  })

  test('throttled -> slow by name, wherever it is said; nothing else is', () => {
    for (const ownBytes of [true, false]) {
      const { target, neutral, byName } = timed(NIGHT, 'throttled', { ownBytes })
      expect(target).toBeLessThan(17_500)
      expect(neutral).toBeGreaterThan(500_000)
      expect(byName).toBeLessThan(0.1)
    }
    expect(timed(NIGHT, 'throttled', { namesAllowed: false }).byName).toBeNull()
  })

  test('a slow site -> slow for the control too, by whatever name', () => {
    const { target, control, byName } = timed(NIGHT, 'slow-site')
    expect(Math.max(target!, control!)).toBeLessThan(60_000)
    expect(byName).toBeGreaterThan(0.5)
  })

  test('a slow path -> the control gets it fast, and the name is not at fault', () => {
    const { target, control, byName } = timed(NIGHT, 'slow-path')
    expect(target).toBeLessThan(60_000)
    expect(control).toBeGreaterThan(1_000_000)
    expect(byName).toBeGreaterThan(0.5)
  })

  test('no neutral host -> nothing to compare by name', () => {
    expect(timed(NIGHT, 'no-neutral')).toMatchObject({ neutral: null, byName: null })
  })
})
