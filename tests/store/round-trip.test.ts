import { expect, test } from 'vitest'
import { uuidBytes, uuidText } from '../../src/store/file/uuid.ts'
import { aStore, scanned } from './given.ts'
import { FINE, RESET, T0, aMeasurement, anId, dns, http, saved, tcp } from './nouns.ts'

test('a measurement that was not fine -> comes back in full, every field of it, with its verdict', async () => {
  const store = await aStore()
  const measurement = aMeasurement(1, {
    plan: 'full',
    purpose: 'confirm',
    observations: [
      dns({
        late: [
          {
            afterMs: 3.5,
            failure: null,
            answers: [{ type: 'A', value: '10.0.0.1', ttlS: null, asn: 64500 }],
          },
        ],
      }),
      tcp({ failure: 'connection_reset' }),
      http({ bodyHead: 'заблокировано \u0000 \u{1F512}', trusted: false }),
    ],
  })
  store.save(saved(measurement, { verdict: RESET }))
  store.flush()
  const found = await store.measurement(measurement.id)
  expect(found?.measurement).toEqual(measurement)
  expect(found?.summary).toEqual({
    id: measurement.id,
    endpoint: 'facebook/www',
    vantage: 'babilon',
    url: 'https://www.facebook.com/',
    plan: 'full',
    purpose: 'confirm',
    startedAt: T0 + 1,
    endedAt: T0 + 1 + 251,
    dnsMs: 12,
    tcpMs: null,
    tlsMs: null,
    httpMs: 310,
    sawHttp: true,
    unfit: null,
    answered: null,
    verdict: RESET,
  })
})

test.each([
  { name: 'judged ok', over: {}, keeps: false },
  { name: 'judged anomaly', over: { verdict: RESET }, keeps: true },
  { name: 'judged insufficient', over: { verdict: { ...RESET, outcome: 'insufficient' } }, keeps: true },
  { name: 'judged down', over: { verdict: { ...RESET, outcome: 'down' } }, keeps: true },
  { name: 'a control, all steps fine', over: { verdict: null }, keeps: false },
  { name: 'a control, a step failed', over: { verdict: null }, failure: 'eof_error', keeps: true },
  {
    name: 'a canary that answered',
    over: { verdict: null, answered: 'yes' },
    failure: 'eof_error',
    keeps: false,
  },
  { name: 'a canary that did not', over: { verdict: null, answered: 'no' }, keeps: true },
  { name: 'a canary that says nothing', over: { verdict: null, answered: 'unknown' }, keeps: true },
  { name: 'unfit', over: {}, unfit: 'our_error', keeps: true },
] as const)('$name -> full record kept: $keeps', async ({ over, keeps, ...what }) => {
  const store = await aStore({ keepOkSampleEvery: 1000 })
  store.save(saved(aMeasurement(0))) // takes the first turn of the sample
  const measurement = aMeasurement(1, {
    unfit: 'unfit' in what ? what.unfit : null,
    observations: [dns(), tcp({ failure: 'failure' in what ? what.failure : null })],
  })
  store.save(saved(measurement, over))
  store.flush()
  const found = await store.measurement(measurement.id)
  expect(found?.measurement).toEqual(keeps ? measurement : null)
  expect(found?.summary).toMatchObject({
    unfit: measurement.unfit,
    answered: 'answered' in over ? over.answered : null,
  })
})

test('every third ok one is asked for -> each endpoint and vantage keeps its first, fourth, seventh', async () => {
  const store = await aStore({ keepOkSampleEvery: 3 })
  for (let n = 0; n < 16; n += 1) {
    store.save(saved(aMeasurement(n, { vantage: n % 2 === 0 ? 'babilon' : 'tcell' })))
  }
  store.flush()
  const kept = scanned(store.path).flatMap(({ measurement }, n) => (measurement === null ? [] : [n]))
  expect(kept).toEqual([0, 1, 6, 7, 12, 13])
})

test.each([
  {
    name: 'the trusted resolver is not what people wait for',
    steps: [dns({ role: 'trusted', durationMs: 5 }), dns()],
    dnsMs: 12,
  },
  { name: 'only the trusted resolver answered', steps: [dns({ role: 'trusted' })], dnsMs: null },
  { name: 'a failed step has no time', steps: [dns({ failure: 'dns_nxdomain_error' })], dnsMs: null },
  {
    name: 'the first that succeeded counts',
    steps: [dns({ failure: 'eof_error' }), dns({ durationMs: 7 })],
    dnsMs: 7,
  },
  { name: 'a redirect is not the URL asked for', steps: [dns({ depth: 1 })], dnsMs: null },
])('step times: $name -> $dnsMs', async ({ steps, dnsMs }) => {
  const store = await aStore()
  store.save(saved(aMeasurement(1, { observations: steps })))
  store.flush()
  expect((await store.measurement(anId(1, T0 + 1)))?.summary.dnsMs).toBe(dnsMs)
})

test('verdicts that differ in any one word -> each comes back as it was', async () => {
  const store = await aStore()
  const verdicts = [
    FINE,
    { ...FINE, because: 'Another sentence.' },
    { ...FINE, weight: 0.1 + 0.2 },
    { ...FINE, accessible: null },
    { ...RESET, failure: 'unknown_failure: it said "no", \'no\' and \\' },
    { ...RESET, blocking: null, silent: true },
  ] as const
  for (const [n, verdict] of verdicts.entries()) store.save(saved(aMeasurement(n), { verdict }))
  store.flush()
  expect(scanned(store.path).map(({ verdict }) => verdict)).toEqual(verdicts)
})

test('the same measurement saved twice -> it is there once, as it was first', async () => {
  const store = await aStore()
  store.save(saved(aMeasurement(1)))
  store.save(saved(aMeasurement(1), { verdict: RESET }))
  store.flush()
  store.save(saved(aMeasurement(1), { verdict: RESET }))
  store.flush()
  expect(store.stats().measurements).toBe(1)
  expect(scanned(store.path).map(({ verdict }) => verdict)).toEqual([FINE])
  expect(await store.counts({ since: 0, until: T0 * 2 })).toMatchObject([{ outcome: 'ok', n: 1 }])
})

test('an id nobody saved, or that is none -> null', async () => {
  const store = await aStore()
  expect(await store.measurement(anId(7))).toBeNull()
  expect(await store.measurement("' or 1=1 --")).toBeNull()
  expect(await store.outage('nobody')).toBeNull()
})

test.each([
  { name: 'an id that is no UUID', over: { id: 'm-1' }, says: /not a UUID: m-1/ },
  { name: 'a start between two ms', over: { startedAt: 1.5 }, says: /not whole ms: 1.5/ },
  { name: 'no duration', over: { durationMs: Number.NaN }, says: /not a number/ },
])('$name -> a bug, told at once and nothing queued', async ({ over, says }) => {
  const store = await aStore()
  expect(() => store.save(saved({ ...aMeasurement(1), ...over }))).toThrow(says)
  expect(store.stats().queued).toBe(0)
})

test('detector states -> the last of each vantage comes back, whole', async () => {
  const store = await aStore()
  store.save(saved(aMeasurement(1), { detector: { vantage: 'babilon', state: '{"v":1}' } }))
  store.save(saved(null, { detector: { vantage: 'tcell', state: '{"имя":"тест"}' } }))
  store.save(saved(aMeasurement(2), { detector: { vantage: 'babilon', state: '{"v":2}' } }))
  store.flush()
  expect(await store.loadDetector()).toEqual({ babilon: '{"v":2}', tcell: '{"имя":"тест"}' })
})

test('ids -> the 16 bytes they are, and back', () => {
  const id = '0199c8a1-5e00-7abc-8def-0123456789ab'
  expect(uuidBytes(id)).toHaveLength(16)
  expect(uuidText(uuidBytes(id.toUpperCase()))).toBe(id)
})
