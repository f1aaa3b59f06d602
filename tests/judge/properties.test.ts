/** What holds for any measurement whatever. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { explain, judge } from '../../src/judge/judge.ts'
import { RULE_OF } from '../../src/judge/families.ts'
import { judgeCanary } from '../../src/judge/canary.ts'
import { RULES } from '../../src/judge/rules.ts'
import { FAILURES } from '../../src/model/failure.ts'
import type { Measurement, Observation } from '../../src/model/measurement.ts'
import { TROUBLES } from '../../src/model/vantage.ts'
import {
  aCertificate,
  ADDRESS,
  aMeasurement,
  anAnswer,
  dns,
  HOST,
  http,
  OTHER_ADDRESS,
  FOREIGN_ADDRESS,
  tcp,
  tls,
  V6_ADDRESS,
} from './builders.ts'

const address = fc.constantFrom(
  ADDRESS,
  OTHER_ADDRESS,
  FOREIGN_ADDRESS,
  V6_ADDRESS,
  '127.0.0.1',
  '10.0.0.1',
  '0.0.0.0',
  'www.site.example',
  '',
  '::ffff:1.2.3.4',
)
const failure = fc.option(fc.constantFrom(...FAILURES, 'unknown_failure: x' as const), { freq: 2 })
const source = fc.constantFrom('vantage', 'vantage', 'vantage', 'control', 'trusted', 'literal')
const url = fc.constantFrom(`https://${HOST}/`, `http://${HOST}/`, 'http://block.tj/', 'nonsense')
const at = { depth: fc.constantFrom(0, 0, 0, 1, 2), failure }
const endpoint = { ...at, source, address, port: fc.constantFrom(443, 80) }
const answers = fc.array(address, { maxLength: 3 })
const status = fc.option(fc.constantFrom(0, 200, 301, 302, 304, 403, 451, 503, 999))
const title = fc.option(fc.constantFrom('Wonderful Site News', 'Access restricted', ''))
const headers = fc.constantFrom(
  [],
  [['location', 'https://www.site.example/']],
  [['location', 'http://block.tj/']],
  [['x-site-version', '1']],
  [['location', '::']],
) as fc.Arbitrary<[string, string][]>
const late = fc.array(
  fc.record({ afterMs: fc.nat(), failure, answers: answers.map((a) => a.map((v) => anAnswer(v))) }),
  { maxLength: 1 },
)

const observation: fc.Arbitrary<Observation> = fc.oneof(
  fc
    .record({
      ...at,
      answers,
      late,
      host: fc.constantFrom(HOST, 'block.tj'),
      role: fc.constantFrom('vantage', 'trusted'),
      engine: fc.constantFrom('system', 'udp', 'doh', 'proxy', 'tcp'),
      queryType: fc.constantFrom('A', 'AAAA', 'ANY'),
    })
    .map((o) => dns(o)),
  fc.record(endpoint).map((o) => tcp(o)),
  fc
    .record({
      ...endpoint,
      verified: fc.option(fc.boolean()),
      certificate: fc.option(
        fc.constantFrom(aCertificate(), aCertificate('*.site.example'), aCertificate('a.b')),
      ),
    })
    .map((o) => tls(o)),
  fc
    .record({
      ...endpoint,
      url,
      status,
      title,
      headers,
      trusted: fc.boolean(),
      bodyBytes: fc.nat(60_000),
      bodyTruncated: fc.boolean(),
    })
    .map((o) => http(o)),
)
const measurement: fc.Arbitrary<Measurement> = fc
  .record({
    url,
    plan: fc.constantFrom('heartbeat', 'full'),
    unfit: fc.option(fc.constantFrom('late_thread', 'our_error', 'vantage_unreachable', 'interrupted'), {
      freq: 1,
    }),
    observations: fc.array(observation, { maxLength: 8 }),
  })
  .chain((o) => fc.constantFrom(null, o.unfit).map((unfit) => aMeasurement({ ...o, unfit })))
const health = fc.constantFrom('online', 'online', 'online', 'offline', 'shutdown', 'unknown')
const RUNS = { numRuns: 600 }

test('one rule decides, the verdict is coherent, and it is the same the second time', () => {
  fc.assert(
    fc.property(
      measurement,
      fc.array(measurement, { maxLength: 2 }),
      health,
      (measurement, controls, well) => {
        const before = JSON.stringify([measurement, controls])
        const { verdict, tried } = explain(measurement, controls, well)
        expect(tried.filter((t) => t.fired).map((t) => t.rule)).toEqual([verdict.rule])
        const { outcome, reached, mechanism, layer, weight, rule } = verdict
        const overOne = Object.values(RULE_OF).some((id) => id === rule)
        const inOrder = RULES.slice(0, tried.length).map((r) => r.id)
        expect(tried.map((t) => t.rule)).toEqual(overOne ? [...inOrder.slice(0, -1), rule] : inOrder)
        expect(mechanism !== null).toBe(overOne || outcome === 'anomaly' || outcome === 'confirmed')
        expect(reached === 'yes').toBe(outcome === 'ok')
        if (outcome === 'down' || outcome === 'anomaly' || outcome === 'confirmed')
          expect([reached, layer]).toEqual(['no', expect.any(String)])
        if (mechanism !== null && !overOne) expect(mechanism.startsWith(`${layer}.`)).toBe(true)
        // An edge that died says nothing for interference.
        if (!rule.startsWith('served_address_'))
          expect(Math.sign(weight)).toBe(
            { ok: 0, insufficient: 0, anomaly: 1, confirmed: 1, down: -1 }[outcome],
          )
        expect(verdict.accessible === true).toBe(verdict.blocking === false && verdict.accessible !== false)
        expect(judge(measurement, controls, well)).toEqual(verdict)
        expect(JSON.stringify([measurement, controls])).toBe(before)
      },
    ),
    RUNS,
  )
})

test('without a control nothing is an anomaly or down; unfit or not online, nothing is compared with the service', () => {
  fc.assert(
    fc.property(
      measurement,
      fc.array(measurement, { maxLength: 2 }),
      health,
      (measurement, controls, well) => {
        expect(['ok', 'confirmed', 'insufficient']).toContain(judge(measurement, [], well).outcome)
        const verdict = judge(measurement, controls, well)
        if (measurement.unfit !== null)
          expect(verdict).toMatchObject({ outcome: 'insufficient', reached: 'unknown', blocking: null })
        if (well !== 'online') expect(verdict.reached).not.toBe('no')
      },
    ),
    RUNS,
  )
})

test('a look that is well in every step is ok, whatever else is seen beside it over IPv6 or by others', () => {
  const beside = fc.array(
    observation.filter(
      (o) => o.layer !== 'dns' && o.depth === 0 && (o.source === 'control' || o.source === 'trusted'),
    ),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(beside, fc.array(measurement, { maxLength: 2 }), health, (others, controls, well) => {
      const v6 = tcp({ address: V6_ADDRESS, failure: 'generic_timeout_error' })
      const measurement = aMeasurement(dns(), v6, ...others, tcp(), tls(), http())
      expect(judge(measurement, controls, well).outcome).toBe('ok')
    }),
    { numRuns: 200 },
  )
})

test('a canary always gets an answer', () => {
  const canary = fc.record({
    id: fc.constant('canary/x'),
    url,
    group: fc.constantFrom('international', 'domestic'),
    expectBody: fc.option(fc.constant('html')),
  })
  fc.assert(
    fc.property(measurement, canary, (measurement, c) => {
      expect(['yes', 'no', 'unknown', ...TROUBLES]).toContain(judgeCanary(measurement, c))
    }),
    { numRuns: 400 },
  )
})
