/** Vantages, store, schedule and configuration: what each says, and what it says when it does not know. */
import { describe, expect, test } from 'vitest'
import { BABILON, FRANKFURT, NOW, STORE, aMeasurement, givenMetrics } from './given.ts'

describe('vantages', () => {
  test('health -> one state at 1; up only when online, so that unknown is not up', async () => {
    const vantages = [{ ...BABILON, health: 'unknown' as const }, FRANKFURT]
    const { lines } = await givenMetrics({ vantages: () => vantages })
    expect((await lines('didbon_vantage_health')).filter((line) => line.endsWith(' 1'))).toEqual([
      'didbon_vantage_health{vantage="babilon",role="probe",health="unknown"} 1',
      'didbon_vantage_health{vantage="frankfurt",role="control",health="online"} 1',
    ])
    expect(await lines('didbon_vantage_up')).toEqual([
      'didbon_vantage_up{vantage="babilon",role="probe"} 0',
      'didbon_vantage_up{vantage="frankfurt",role="control"} 1',
    ])
  })

  test('info -> network and way there; empty where it is not known, and never a password', async () => {
    const secret = { ...FRANKFURT, route: { ...FRANKFURT.route, username: 'u', password: 'hunter2' } }
    const { metrics, lines } = await givenMetrics({ vantages: () => [BABILON, secret] })
    expect(await lines('didbon_vantage_info')).toEqual([
      'didbon_vantage_info{vantage="babilon",role="probe",kind="direct",country="TJ",asn="24722",isp="Babilon-T"} 1',
      'didbon_vantage_info{vantage="frankfurt",role="control",kind="socks5",country="DE",asn="",isp=""} 1',
    ])
    expect(await metrics.expose('text')).not.toContain('hunter2')
  })

  test('last seen -> end of the last fit measurement; an unfit one is no sign of life', async () => {
    const { metrics, lines } = await givenMetrics()
    metrics.probed(aMeasurement({ durationMs: 500 }), null, null)
    metrics.probed(aMeasurement({ startedAt: NOW + 60_000, unfit: 'vantage_unreachable' }), null, null)
    expect(await lines('didbon_vantage_last_seen')).toEqual([
      `didbon_vantage_last_seen_timestamp_seconds{vantage="babilon"} ${NOW / 1000 + 0.5}`,
    ])
    await metrics.watch({ services: [], vantages: [FRANKFURT] })
    expect(await lines('didbon_vantage_last_seen')).toEqual([])
  })
})

describe('store', () => {
  test('what it says -> in base units; commits are timed, from 0 on', async () => {
    const { metrics, lines } = await givenMetrics()
    expect(await lines('didbon_store_commit_duration_seconds_count')).toEqual([
      'didbon_store_commit_duration_seconds_count 0',
    ])
    metrics.committed(20)
    expect((await lines('didbon_store_')).filter((line) => !line.includes('_bucket'))).toEqual([
      'didbon_store_commit_duration_seconds_sum 0.02',
      'didbon_store_commit_duration_seconds_count 1',
      'didbon_store_size_bytes 1',
      'didbon_store_wal_size_bytes 2',
      'didbon_store_free_bytes 3',
      'didbon_store_queued_rows 4',
      'didbon_store_rows_dropped_total 5',
      'didbon_store_dropped_rows 5',
      'didbon_store_last_commit_seconds 0.006',
      'didbon_store_failing 0',
    ])
  })

  test('commits do not go through, and the disk does not say what is free -> failing, and no number made up', async () => {
    const { lines } = await givenMetrics({ store: () => ({ ...STORE, failing: true, freeBytes: null }) })
    expect(await lines('didbon_store_failing')).toEqual(['didbon_store_failing 1'])
    expect(await lines('didbon_store_free_bytes')).toEqual([])
  })
})

test('schedule -> lateness, what is under way and waits, and every reason to skip from 0 on', async () => {
  const { metrics, lines } = await givenMetrics({ load: () => ({ inFlight: 3, waiting: 9 }) })
  metrics.started(20)
  metrics.skipped('overlap', 2)
  expect(await lines('didbon_schedule_lateness_seconds_sum')).toEqual([
    'didbon_schedule_lateness_seconds_sum 0.02',
  ])
  expect(await lines('didbon_schedule_probes')).toEqual([
    'didbon_schedule_probes{state="in_flight"} 3',
    'didbon_schedule_probes{state="waiting"} 9',
  ])
  expect(await lines('didbon_schedule_skipped_total')).toEqual([
    'didbon_schedule_skipped_total{reason="overlap"} 2',
    'didbon_schedule_skipped_total{reason="late"} 0',
    'didbon_schedule_skipped_total{reason="missed"} 0',
    'didbon_schedule_skipped_total{reason="replaced"} 0',
  ])
})

test('a configuration refused, then taken over -> the gauge says so and the reason goes away', async () => {
  const { metrics, lines } = await givenMetrics()
  metrics.configRefused(`didbon.yaml:3:1 serve.port: no ${'x'.repeat(300)}`)
  expect(await lines('didbon_config_last_reload_successful')).toEqual([
    'didbon_config_last_reload_successful 0',
  ])
  const [reason] = await lines('didbon_config_rejected_info')
  expect(reason).toMatch(/^didbon_config_rejected_info{reason="didbon\.yaml:3:1 serve\.port: no x{169}"} 1$/)
  metrics.configTaken(1000)
  expect(await lines('didbon_config')).toEqual([
    'didbon_config_last_reload_successful 1',
    'didbon_config_last_reload_success_timestamp_seconds 1',
  ])
})

test('build -> what is running', async () => {
  const { lines } = await givenMetrics()
  expect(await lines('didbon_build_info')).toEqual(['didbon_build_info{version="0.0.1",node="v24"} 1'])
})
