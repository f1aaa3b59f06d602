import { describe, expect, test } from 'vitest'
import { FAILURES } from '../../../src/model/failure.ts'
import { FAILURE_PAIRS } from '../../../src/serve/metrics/failure-pairs.ts'
import { dns, tcp } from '../../judge/builders.ts'
import { FINE as OK } from '../../store/nouns.ts'
import { BABILON, FACEBOOK, FRANKFURT, YOUTUBE, aMeasurement, givenMetrics } from './given.ts'

describe('from the start', () => {
  test('watched pairs -> every outcome at 0, from probe vantages only', async () => {
    const { lines } = await givenMetrics()
    const all = await lines('didbon_probes_total')
    expect(all).toHaveLength(2 * 5)
    expect(all.every((line) => line.endsWith(' 0') && line.includes('vantage="babilon"'))).toBe(true)
  })

  test('failures -> each sensible pair of layer and failure at 0, and no other', async () => {
    const { lines } = await givenMetrics()
    const all = await lines('didbon_probe_failures_total')
    expect(all).toContain('didbon_probe_failures_total{layer="tls",failure="ssl_unknown_authority"} 0')
    expect(all).toContain('didbon_probe_failures_total{layer="dns",failure="dns_nxdomain_error"} 0')
    expect(all.filter((line) => line.includes('layer="tcp"') && line.includes('dns_'))).toEqual([])
    expect(all).toHaveLength(FAILURE_PAIRS.length)
  })

  test('the pairs -> words of the closed list, each once', () => {
    const known = new Set<string>([...FAILURES, 'unknown_failure'])
    expect(FAILURE_PAIRS.filter(({ failure }) => !known.has(failure))).toEqual([])
    const keys = FAILURE_PAIRS.map(({ layer, failure }) => `${layer} ${failure}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('discarded, and durations of every vantage, controls too -> at 0', async () => {
    const { lines } = await givenMetrics()
    expect(await lines('didbon_probes_discarded_total{vantage="frankfurt"')).toHaveLength(4)
    expect(
      await lines('didbon_probe_duration_seconds_count{vantage="frankfurt",plan="full"} 0'),
    ).toHaveLength(1)
    expect(await lines('didbon_probe_step_duration_seconds_count{vantage="babilon"')).toHaveLength(4)
    expect(await lines('didbon_probe_loop_lag_seconds_count 0')).toHaveLength(1)
  })
})

test('an unknown failure -> one label, not one per message', async () => {
  const { metrics, lines } = await givenMetrics()
  for (const text of ['one', 'another']) {
    metrics.probed(aMeasurement(tcp({ failure: `unknown_failure: ${text}` })), 'facebook', OK)
  }
  const seen = (await lines('didbon_probe_failures_total{layer="tcp"')).filter((line) => !line.endsWith(' 0'))
  expect(seen).toEqual(['didbon_probe_failures_total{layer="tcp",failure="unknown_failure"} 2'])
})

test('an unfit measurement -> discarded, neither timed nor judged; how late its thread ran is kept', async () => {
  const { metrics, lines } = await givenMetrics()
  const late = { unfit: 'late_thread', loopLagMs: 300 } as const
  metrics.probed(aMeasurement(tcp({ failure: 'connection_reset' }), late), 'facebook', OK)
  expect(await lines('didbon_probes_discarded_total{vantage="babilon",reason="late_thread"}')).toEqual([
    'didbon_probes_discarded_total{vantage="babilon",reason="late_thread"} 1',
  ])
  expect(await lines('didbon_probe_loop_lag_seconds_sum')).toEqual(['didbon_probe_loop_lag_seconds_sum 0.3'])
  expect((await lines('didbon_probe_failures_total')).filter((line) => !line.endsWith(' 0'))).toEqual([])
  expect((await lines('didbon_probes_total')).filter((line) => !line.endsWith(' 0'))).toEqual([])
})

test('a step that succeeded -> timed by layer; one that failed -> counted instead', async () => {
  const { metrics, lines } = await givenMetrics()
  const steps = [dns({ durationMs: 20 }), tcp({ failure: 'connection_refused', durationMs: 40 })]
  metrics.probed(aMeasurement(...steps), 'facebook', OK)
  expect(await lines('didbon_probe_step_duration_seconds_sum{vantage="babilon"')).toEqual([
    'didbon_probe_step_duration_seconds_sum{vantage="babilon",layer="dns"} 0.02',
    'didbon_probe_step_duration_seconds_sum{vantage="babilon",layer="tcp"} 0',
    'didbon_probe_step_duration_seconds_sum{vantage="babilon",layer="tls"} 0',
    'didbon_probe_step_duration_seconds_sum{vantage="babilon",layer="http"} 0',
  ])
  expect(await lines('didbon_probe_failures_total{layer="tcp",failure="connection_refused"}')).toEqual([
    'didbon_probe_failures_total{layer="tcp",failure="connection_refused"} 1',
  ])
})

describe('a reload', () => {
  test('what is watched no more -> its counters and histograms go; the others keep what they have', async () => {
    const { metrics, lines } = await givenMetrics()
    metrics.probed(aMeasurement(tcp({ durationMs: 40 })), 'facebook', OK)
    await metrics.watch({ services: [FACEBOOK], vantages: [BABILON] })
    expect((await lines('didbon_')).filter((line) => /"youtube|vantage="frankfurt/.test(line))).toEqual(
      // whoever is in the live sources is still there
      (await lines('didbon_vantage')).filter((line) => line.includes('vantage="frankfurt')),
    )
    expect(
      await lines('didbon_probes_total{service="facebook",vantage="babilon",outcome="ok"} 1'),
    ).toHaveLength(1)
    expect(
      await lines('didbon_probe_step_duration_seconds_sum{vantage="babilon",layer="tcp"} 0.04'),
    ).toHaveLength(1)
  })

  test('a probe of it that was under way -> brings nothing back', async () => {
    const { metrics, lines } = await givenMetrics({ vantages: () => [FRANKFURT] })
    await metrics.watch({ services: [YOUTUBE], vantages: [FRANKFURT] })
    metrics.probed(aMeasurement(tcp()), 'facebook', OK)
    metrics.probed(aMeasurement(tcp(), { unfit: 'interrupted' }), 'facebook', OK)
    metrics.compared('facebook', 'babilon', 'fails_too')
    expect((await lines('didbon_')).filter((line) => /facebook|babilon/.test(line))).toEqual([])
  })
})
