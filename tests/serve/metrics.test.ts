import { expect, test } from 'vitest'
import { createMetrics } from '../../src/serve/metrics.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import type { ServiceStatus } from '../../src/model/outage.ts'

const BUILD = { version: '0.0.1', node: 'v24' }
const noStore = () => ({ bytes: 1, walBytes: 2, queued: 3, dropped: 4, lastCommitMs: 5 })

function metricsOf(status: ServiceStatus[] = []) {
  return createMetrics(
    {
      status: () => status,
      vantages: () => [{ id: 'here', role: 'probe', health: 'online' }],
      heightened: () => new Map(),
      incidents: () => [],
      load: () => ({ inFlight: 0, waiting: 0 }),
      store: noStore,
    },
    BUILD,
  )
}

function aStatus(state: ServiceStatus['state']): ServiceStatus {
  return {
    service: 'facebook',
    vantage: 'here',
    state,
    partial: false,
    sinceAt: 0,
    mechanism: null,
    because: '',
    outageId: null,
    lastLookAt: null,
  }
}

function aMeasurement(over: Partial<Measurement> = {}): Measurement {
  return {
    id: '019aab00-0000-7000-8000-000000000000',
    vantage: 'here',
    endpoint: 'facebook/www',
    url: 'https://www.facebook.com/',
    plan: 'heartbeat',
    purpose: 'round',
    startedAt: 0,
    durationMs: 120,
    loopLagMs: 1,
    unfit: null,
    unfitDetail: null,
    observations: [
      {
        layer: 'tcp',
        depth: 0,
        startedMs: 0,
        durationMs: 40,
        failure: 'unknown_failure: something with [scrubbed] text',
        address: '192.0.2.1',
        port: 443,
        source: 'vantage',
      },
    ],
    experiments: [],
    ...over,
  }
}

test('insufficient -> its own state is 1 and ok is 0, so that no data never reads as ok', async () => {
  const text = await metricsOf([aStatus('insufficient')]).registry.metrics()
  expect(text).toContain('didbon_service_state{service="facebook",vantage="here",state="insufficient"} 1')
  expect(text).toContain('didbon_service_state{service="facebook",vantage="here",state="ok"} 0')
})

test('a service no longer watched -> its state series go away', async () => {
  const status = [aStatus('ok')]
  const metrics = metricsOf(status)
  expect(await metrics.registry.metrics()).toContain('service="facebook"')
  status.pop()
  expect(await metrics.registry.metrics()).not.toContain('service="facebook"')
})

test('an unknown failure -> one label, not one per message', async () => {
  const metrics = metricsOf()
  metrics.probed(aMeasurement(), 'facebook', null)
  expect(await metrics.registry.metrics()).toContain(
    'didbon_probe_failures_total{layer="tcp",failure="unknown_failure"} 1',
  )
})

test('an unfit measurement -> counted as discarded, neither timed nor judged', async () => {
  const metrics = metricsOf()
  metrics.probed(aMeasurement({ unfit: 'late_thread' }), 'facebook', null)
  const text = await metrics.registry.metrics()
  expect(text).toContain('didbon_probes_discarded_total{vantage="here",reason="late_thread"} 1')
  expect(text).not.toContain('didbon_probe_failures_total{')
})

test('watched pairs -> series at 0 from the start', async () => {
  const metrics = metricsOf()
  metrics.watch({ services: [{ id: 'facebook' }], vantages: [{ id: 'here' }] })
  expect(await metrics.registry.metrics()).toContain(
    'didbon_probes_total{service="facebook",vantage="here",outcome="anomaly"} 0',
  )
})

test('a configuration refused, then taken over -> the gauge says so and the reason goes away', async () => {
  const metrics = metricsOf()
  metrics.configRefused('didbon.yaml:3:1 serve.port: no')
  const refused = await metrics.registry.metrics()
  expect(refused).toContain('didbon_config_last_reload_successful 0')
  expect(refused).toContain('didbon_config_rejected_info{reason="didbon.yaml:3:1 serve.port: no"} 1')
  metrics.configTaken(1000)
  const taken = await metrics.registry.metrics()
  expect(taken).toContain('didbon_config_last_reload_successful 1')
  expect(taken).toContain('didbon_config_last_reload_success_timestamp_seconds 1')
  expect(taken).not.toContain('reason="didbon.yaml')
})
