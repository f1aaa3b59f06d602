/** A clock that is off makes good certificates look bad: that is no site's fault and nobody's block. */
import { expect, test } from 'vitest'
import { skewOf } from '../../src/judge/clock.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { aCertificate, aControl, aMeasurement, dns, http, tcp, tls } from './builders.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2025, 7, 11, 21, 46, 40)
const { notBeforeAt, notAfterAt } = aCertificate()
const expired = tls({ failure: 'ssl_invalid_certificate' })

/** A page whose server says so much after (or before) our own clock. */
function saidBy(skewMs: number, startedAt: number) {
  const said = new Date(startedAt - skewMs).toUTCString()
  return http({ trusted: false, headers: [['date', said]] })
}

/** What is seen over TLS while our clock is off by so much, at a moment that is really `NOW`. */
function measurementWith(skewMs: number, plan: Measurement['plan'] = 'full'): Measurement {
  const startedAt = NOW + skewMs
  const page = plan === 'full' ? [saidBy(skewMs, startedAt)] : []
  return aMeasurement({ startedAt, plan }, dns(), tcp(), expired, ...page)
}

const asControl = (measurement: Measurement): Measurement => ({
  ...measurement,
  vantage: 'control-de',
  purpose: 'control',
})

test.each([
  ['years behind', Date.UTC(2015, 0) - NOW],
  ['years ahead', Date.UTC(2040, 0) - NOW],
  ['a day too early for a new certificate', notBeforeAt - 24 * HOUR - NOW],
])('our clock is %s, the control through the same machine -> not judged', (_name, skewMs) => {
  const measurement = measurementWith(skewMs)
  expect(judge(measurement, [asControl(measurement)], 'online')).toMatchObject({
    rule: 'clock_off_here',
    outcome: 'insufficient',
    reached: 'unknown',
  })
})

test('a heartbeat, which fetches no page -> the control’s page tells the time', () => {
  const skewMs = Date.UTC(2015, 0) - NOW
  const control = asControl(measurementWith(skewMs))
  expect(judge(measurementWith(skewMs, 'heartbeat'), [control], 'online').rule).toBe('clock_off_here')
})

test('the certificate is really expired, and all clocks agree -> the site is at fault', () => {
  const late = notAfterAt + 24 * HOUR
  const measurement = aMeasurement({ startedAt: late }, dns(), tcp(), expired, saidBy(0, late))
  expect(judge(measurement, [asControl(measurement)], 'online')).toMatchObject({
    rule: 'site_certificate_invalid',
    outcome: 'down',
  })
})

test('expired here alone, our clock right -> told as before', () => {
  const late = notAfterAt + 24 * HOUR
  const measurement = aMeasurement({ startedAt: late }, dns(), tcp(), expired, saidBy(0, late))
  expect(judge(measurement, [aControl()], 'online')).toMatchObject({
    outcome: 'anomaly',
    mechanism: 'tls.failed',
  })
})

test('a certificate by an unknown authority is no matter of clocks', () => {
  const skewMs = Date.UTC(2015, 0) - NOW
  const forged = tls({ failure: 'ssl_unknown_authority' })
  const measurement = aMeasurement(
    { startedAt: NOW + skewMs },
    dns(),
    tcp(),
    forged,
    saidBy(skewMs, NOW + skewMs),
  )
  expect(judge(measurement, [aControl()], 'online')).toMatchObject({
    outcome: 'confirmed',
    mechanism: 'tls.mitm',
  })
})

test.each([
  ['no date', []],
  ['no date that can be read', [['date', 'yesterday']]],
  [
    'the date of a page a cache kept',
    [
      ['date', 'Mon, 11 Aug 2025 21:46:40 GMT'],
      ['age', '40'],
    ],
  ],
] as const)('%s -> nothing is known of our clock', (_name, headers) => {
  expect(skewOf([aMeasurement(http({ headers }))])).toBeNull()
})

test('one server’s clock is wrong -> the others outvote it', () => {
  const at = NOW
  const right = aMeasurement({ startedAt: at }, saidBy(0, at))
  const wrong = aMeasurement({ startedAt: at }, saidBy(-50 * HOUR, at))
  expect(Math.abs(skewOf([right, wrong, right])!)).toBeLessThan(2_000)
})

test('a bad certificate that is in its time by either clock -> the clock, though off, is not to blame', () => {
  const measurement = measurementWith(2 * HOUR)
  expect(judge(measurement, [aControl()], 'online')).toMatchObject({
    outcome: 'anomaly',
    mechanism: 'tls.failed',
  })
})

test('expired a moment ago, our clock a moment off, as any is -> told as before', () => {
  const startedAt = notAfterAt + 30_000
  const measurement = aMeasurement({ startedAt }, dns(), tcp(), expired, saidBy(60_000, startedAt))
  expect(judge(measurement, [aControl()], 'online')).toMatchObject({
    outcome: 'anomaly',
    mechanism: 'tls.failed',
  })
})
