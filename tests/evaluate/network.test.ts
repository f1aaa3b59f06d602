import { describe, expect, test } from 'vitest'
import { createNetwork, siteFailsAt, type Outcome } from '../../src/evaluate/network.ts'
import { seeded } from '../../src/evaluate/random.ts'
import { type Episode } from '../../src/evaluate/world.ts'
import { HOUR_MS } from '../../src/model/time.ts'

const block = (mechanism: Extract<Episode, { kind: 'block' }>['mechanism']): Episode => {
  return { kind: 'block', service: 'facebook', mechanism, together: false, from: 0, to: HOUR_MS }
}
function measureOnce(episode: Episode, { service = 'facebook', at = 1000, http = false } = {}): Outcome {
  return createNetwork(0, seeded(1))(service, at, http, [episode])
}

test.each([
  { mechanism: 'dns.nxdomain', http: false, seen: 'dns.nxdomain', least: 0, most: 1000 },
  { mechanism: 'dns.timeout', http: false, seen: 'dns.timeout', least: 4000, most: 4000 },
  { mechanism: 'tcp.reset', http: false, seen: 'tcp.reset', least: 0, most: 1000 },
  { mechanism: 'tcp.timeout', http: false, seen: 'tcp.timeout', least: 10_000, most: 11_000 },
  { mechanism: 'tls.sni-reset', http: false, seen: 'tls.sni-reset', least: 0, most: 1000 },
  { mechanism: 'tls.sni-timeout', http: false, seen: 'tls.sni-timeout', least: 10_000, most: 11_000 },
  { mechanism: 'http.blockpage', http: false, seen: null, least: 0, most: 1000 },
  { mechanism: 'http.blockpage', http: true, seen: 'http.blockpage', least: 0, most: 1000 },
] as const)('$mechanism, http $http -> $seen', ({ mechanism, http, seen, least, most }) => {
  const outcome = measureOnce(block(mechanism), { http })
  expect(outcome.seen).toBe(seen)
  expect(outcome.durationMs).toBeGreaterThanOrEqual(least)
  expect(outcome.durationMs).toBeLessThanOrEqual(most)
})

test('another service, or another time -> fine', () => {
  expect(measureOnce(block('tcp.reset'), { service: 'youtube' }).seen).toBeNull()
  expect(measureOnce(block('tcp.reset'), { at: 2 * HOUR_MS }).seen).toBeNull()
})

test('one draw for a calm network -> as often as step by step', () => {
  const elsewhere = block('tcp.reset')
  const failures = (episodes: readonly Episode[]): number => {
    const network = createNetwork(0.3, seeded(9))
    let failed = 0
    for (let i = 0; i < 40_000; i++) if (network('youtube', 1000, false, episodes).seen !== null) failed += 1
    return failed / 40_000
  }
  expect(failures([])).toBeCloseTo(failures([elsewhere]), 1)
  expect(Math.abs(failures([]) / failures([elsewhere]) - 1)).toBeLessThan(0.05)
})

describe('what befalls a look', () => {
  const at = { from: 0, to: HOUR_MS }
  const facebook = { ...at, service: 'facebook' }
  const named: Episode = {
    ...facebook,
    kind: 'block',
    mechanism: 'tcp.reset',
    together: false,
    endpoint: 'facebook/cdn',
  }
  test.each([
    { name: 'a vantage that is offline', spell: { kind: 'offline', ...at }, seen: 'dns.timeout', ms: 4000 },
    {
      name: 'a router that says so',
      spell: { kind: 'fault', says: true, ...facebook },
      seen: 'tcp.unreachable',
      ms: 120,
    },
    {
      name: 'a way that is gone',
      spell: { kind: 'fault', says: false, ...facebook },
      seen: 'tcp.timeout',
      ms: 10_060,
    },
    {
      name: 'a site that says it is down',
      spell: { kind: 'down', says: true, ...facebook },
      seen: 'tcp.refused',
      ms: 120,
    },
    {
      name: 'a site that is gone',
      spell: { kind: 'down', says: false, ...facebook },
      seen: 'tcp.timeout',
      ms: 10_060,
    },
    {
      name: 'a front that cuts all',
      spell: { kind: 'flaky', share: 1, ...facebook },
      seen: 'tls.sni-reset',
      ms: 180,
    },
    {
      name: 'a way that loses all',
      spell: { kind: 'lossy', loss: 1, ...facebook },
      seen: 'tcp.timeout',
      ms: 10_060,
    },
    {
      name: 'a line that loses all',
      spell: { kind: 'burst', loss: 1, ...at },
      seen: 'dns.timeout',
      ms: 4000,
    },
    { name: 'a block of no look at all', spell: { ...block('tcp.reset'), share: 0 }, seen: null, ms: 180 },
    { name: 'a block of another endpoint', spell: named, seen: null, ms: 180 },
  ] as const)('$name -> $seen', ({ spell: episode, seen, ms }) => {
    const outcome = createNetwork(0, seeded(1))('facebook', 1000, false, [episode], {
      endpoint: 'facebook/www',
    })
    expect(outcome).toEqual({ seen, durationMs: ms })
  })

  test.each([
    { kind: 'down', says: false, share: 1 },
    { kind: 'flaky', says: false, share: 0.3 },
    { kind: 'fault', says: false, share: 0 },
  ] as const)(
    'a control asks while there is $kind -> it fails $share of the time',
    ({ share, ...episode }) => {
      const there = { ...facebook, share, ...episode }
      expect(siteFailsAt([there], 'facebook', 1000)).toBe(share)
      expect(siteFailsAt([there], 'youtube', 1000)).toBe(0)
      expect(siteFailsAt([there], 'facebook', there.to)).toBe(0)
    },
  )

  test('a block of one endpoint -> that endpoint, whatever else is looked at', () => {
    expect(
      createNetwork(0, seeded(1))('facebook', 1000, false, [named], { endpoint: 'facebook/cdn' }).seen,
    ).toBe('tcp.reset')
  })

  test('a canary -> what befalls the vantage, and nothing that befalls a service', () => {
    const canary = (episode: Episode) => createNetwork(0, seeded(1))(null, 1000, true, [episode]).seen
    expect(canary(block('tcp.reset'))).toBeNull()
    expect(canary({ kind: 'offline', ...at })).toBe('dns.timeout')
  })

  test('a resolver that stalls -> says so half the time, and is silent the other half', () => {
    const network = createNetwork(0, seeded(2))
    const seen = Array.from(
      { length: 400 },
      () => network('facebook', 1000, false, [{ kind: 'stall', ...at }]).seen,
    )
    const says = seen.filter((one) => one === 'dns.servfail').length
    expect(says).toBeGreaterThan(150)
    expect(says).toBeLessThan(250)
    expect(seen.filter((one) => one === 'dns.timeout')).toHaveLength(400 - says)
  })

  test('a censor that leaks -> its share of looks, each hit or spared as a whole', () => {
    const network = createNetwork(0, seeded(3))
    const leaky: Episode = { ...block('tcp.timeout'), share: 0.3 } as Episode
    const outcomes = Array.from({ length: 2000 }, () => network('facebook', 1000, false, [leaky]))
    const hit = outcomes.filter(({ seen }) => seen !== null)
    expect(Math.abs(hit.length / 2000 - 0.3)).toBeLessThan(0.04)
    expect(new Set(outcomes.filter(({ seen }) => seen === null).map(({ durationMs }) => durationMs))).toEqual(
      new Set([180]),
    )
  })

  test('it is over before the last try -> the look goes through, later', () => {
    const brief: Episode = { kind: 'fault', says: false, service: 'facebook', from: 0, to: 3500 }
    const { seen, durationMs } = createNetwork(0, seeded(1))('facebook', 1000, false, [brief])
    expect([seen, durationMs]).toEqual([null, 3180])
  })

  test('hours of an evening that lose all, and a night that loses none -> by the hour of the look', () => {
    const network = createNetwork(1, seeded(1), (hour) => (hour >= 18 ? 1 : 0))
    const at = (hour: number) => network('facebook', hour * HOUR_MS, false, []).seen
    expect([at(17), at(18), at(23), at(24)]).toEqual([null, 'dns.timeout', 'dns.timeout', null])
  })
})
