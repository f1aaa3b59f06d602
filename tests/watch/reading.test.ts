import { describe, expect, test } from 'vitest'
import type { Measurement } from '../../src/model/measurement.ts'
import type { Canary } from '../../src/model/service.ts'
import { loadState, saveState } from '../../src/detect/saved-state.ts'
import { newDetector, vantageState } from '../../src/detect/detector.ts'
import { NO_NOTES, remember } from '../../src/watch/memory.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { addressesIn, endOf, readMeasurements, timingOf } from '../../src/watch/reading.ts'
import { aMeasurement, dns, http, tcp, tls } from '../judge/builders.ts'

const CANARY: Canary = {
  id: 'canary/world',
  url: 'https://www.facebook.com/',
  group: 'international',
  expectBody: null,
}
const reading = readMeasurements((id) => (id === CANARY.id ? CANARY : null))
const FINE = aMeasurement(dns(), tcp(), tls(), http())

describe('a full measurement', () => {
  test('its end is rounded up; it saw HTTP where a step did', () => {
    const measurement = { ...FINE, startedAt: 1_000, durationMs: 12.2 }
    expect(endOf(measurement)).toBe(1_013)
    expect(timingOf(measurement)).toMatchObject({ startedAt: 1_000, endedAt: 1_013, sawHttp: true })
    expect(reading.timing(aMeasurement(dns(), tcp())).sawHttp).toBe(false)
  })

  test.each([
    { unfit: null, reads: null },
    { unfit: 'vantage_unreachable', reads: 'vantage' },
    { unfit: 'late_thread', reads: 'other' },
  ] as const)('unfit $unfit -> $reads', ({ unfit, reads }) => {
    expect(reading.unfit({ ...FINE, unfit })).toBe(reads)
  })

  test('a page over verified TLS -> fine, and no control is needed; a canary says yes', () => {
    const verdict = reading.judge(FINE, [], 'online')
    expect(verdict).toMatchObject({ outcome: 'ok', reached: 'yes' })
    expect(reading.needsControl(FINE, verdict)).toBe(false)
    expect(reading.answered(FINE, CANARY.id)).toBe('yes')
    expect(reading.rates(FINE, [])).toBeNull()
  })

  test('a canary that is configured no more -> says nothing', () => {
    expect(reading.answered(FINE, 'canary/gone')).toBe('unknown')
  })

  test('addresses -> those the vantage was given for the URL itself, and those a diagnosis tried', () => {
    const given = addressesIn(FINE)
    expect(given.length).toBeGreaterThan(0)
    const elsewhere: Measurement = {
      ...FINE,
      observations: FINE.observations.map((seen) => ({ ...seen, depth: 1 })),
    }
    expect(addressesIn(elsewhere)).toEqual([])
    expect(reading.addresses(FINE)).toEqual(given)
  })

  test('how long it took -> until the page was there, without what QUIC waited for beside it', () => {
    expect(reading.reachedMs({ ...FINE, durationMs: 900 })).toBe(900)
    const quic = {
      ...FINE.observations[0]!,
      layer: 'quic',
      startedMs: 300,
    } as Measurement['observations'][number]
    expect(
      reading.reachedMs({ ...FINE, durationMs: 10_000, observations: [...FINE.observations, quic] }),
    ).toBe(300)
  })
})

test('remembers for some days the addresses that showed a good certificate, through a restart', () => {
  const good = reading.notes(FINE)
  expect(good).toMatchObject({ served: [expect.any(String)], cutAt: null, isWhole: true })
  const refused = aMeasurement(dns(), tcp({ failure: 'connection_refused' }))
  expect(reading.notes(refused)).toEqual(NO_NOTES)
  const state = vantageState(newDetector(), 'babilon')
  expect(remember(state, 'facebook/www', good, 0)).toBeNull()
  const restarted = loadState(saveState(state))
  const after = (days: number, endpoint = 'facebook/www') =>
    remember(restarted, endpoint, NO_NOTES, days * DAY_MS)?.served
  expect(after(2)).toEqual(good.served)
  expect(after(4)).toBeUndefined()
  expect(after(0, 'facebook/static')).toBeUndefined()
  expect(reading.withMemory(refused, { served: good.served, cuts: [] })).toEqual({
    ...refused,
    served: good.served,
  })
})

test('a content network that gives others by turns -> those seen last are remembered', () => {
  const state = vantageState(newDetector(), 'babilon')
  for (let turn = 0; turn < 40; turn++)
    remember(state, 'facebook/www', { ...NO_NOTES, served: [`185.60.216.${turn}`] }, turn)
  const known = remember(state, 'facebook/www', NO_NOTES, 40)!.served
  expect(known).toHaveLength(16)
  expect(known).toContain('185.60.216.39')
  expect(known).not.toContain('185.60.216.20')
})

test('remembers where pages stopped, until one comes whole', () => {
  const state = vantageState(newDetector(), 'babilon')
  const stopped = (cutAt: number) => remember(state, 'facebook/www', { ...NO_NOTES, cutAt }, 0)?.cuts
  expect([stopped(16_000), stopped(16_100), stopped(15_900), stopped(16_050), stopped(16_000)]).toEqual([
    undefined,
    [16_000],
    [16_100, 16_000],
    [15_900, 16_100, 16_000],
    [16_050, 15_900, 16_100],
  ])
  remember(state, 'facebook/www', { ...NO_NOTES, isWhole: true }, 0)
  expect(stopped(16_000)).toBeUndefined()
})
