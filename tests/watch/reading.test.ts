import { describe, expect, test } from 'vitest'
import type { Measurement } from '../../src/model/measurement.ts'
import type { Canary } from '../../src/model/service.ts'
import { loadState, saveState } from '../../src/detect/saved-state.ts'
import { newDetector, vantageState } from '../../src/detect/detector.ts'
import { noteServed, servedLately } from '../../src/watch/served.ts'
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
  const good = reading.served(FINE)
  expect(good).toHaveLength(1)
  expect(reading.withServed(FINE, good).served).toEqual(good)
  expect(reading.served(aMeasurement(dns(), tcp({ failure: 'connection_refused' })))).toEqual([])
  const state = vantageState(newDetector(), 'babilon')
  noteServed(state, 'facebook/www', good, 0)
  const restarted = loadState(saveState(state))
  expect(servedLately(restarted, 'facebook/www', 2 * DAY_MS)).toEqual(good)
  expect(servedLately(restarted, 'facebook/www', 4 * DAY_MS)).toEqual([])
  expect(servedLately(restarted, 'facebook/static', 0)).toEqual([])
})

test('a content network that gives others by turns -> those seen last are remembered', () => {
  const state = vantageState(newDetector(), 'babilon')
  for (let turn = 0; turn < 40; turn++) noteServed(state, 'facebook/www', [`185.60.216.${turn}`], turn)
  const known = servedLately(state, 'facebook/www', 40)
  expect(known).toHaveLength(16)
  expect(known).toContain('185.60.216.39')
  expect(known).not.toContain('185.60.216.20')
})
