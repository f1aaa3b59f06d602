/** probes: what became of each, what failed in them, and how long they took. Exemplars name the measurement. */
import { Counter, Histogram } from 'prom-client'
import type { Layer, Measurement, Plan, Unfit } from '../../model/measurement.ts'
import { OUTCOMES, type Verdict } from '../../model/verdict.ts'
import { FAILURE_PAIRS } from './failure-pairs.ts'
import { type MetricRegistry, keepOnly, startAtZero } from './registry.ts'
import { type Watched, pairsOf } from './watched.ts'

const STEP_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const PROBE_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30]
const LAG_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]
const UNFIT: readonly Unfit[] = ['late_thread', 'our_error', 'vantage_unreachable', 'interrupted']
/** What every vantage does; other plans and layers show once they were tried. */
const PLANS: readonly Plan[] = ['heartbeat', 'full']
const LAYERS: readonly Layer[] = ['dns', 'tcp', 'tls', 'http']

export function probeCounts(registry: MetricRegistry) {
  const { probes, failures, discarded, duration, steps, lag } = declare(registry)
  for (const pair of FAILURE_PAIRS) failures.inc(pair, 0)

  return {
    /** `service` and `verdict` are null for canaries and controls: timed, but not judged as a service. */
    probed(
      measurement: Measurement,
      service: string | null,
      verdict: Verdict | null,
      watched: Watched,
    ): void {
      const { id, vantage, plan, unfit } = measurement
      lag.observe(measurement.loopLagMs / 1000)
      if (!watched.vantages.has(vantage)) return
      if (unfit !== null) {
        discarded.inc({ vantage, reason: unfit })
        return
      }
      const exemplarLabels = { measurement_id: id }
      duration.observe({ labels: { vantage, plan }, value: measurement.durationMs / 1000, exemplarLabels })
      for (const { layer, failure, durationMs } of measurement.observations) {
        // "unknown_failure: ..." would be a label per message
        if (failure !== null) failures.inc({ layer, failure: failure.split(':', 1)[0]! })
        else steps.observe({ labels: { vantage, layer }, value: durationMs / 1000, exemplarLabels })
      }
      if (service === null || verdict === null || !watched.services.has(service)) return
      probes.inc({ service, vantage, outcome: verdict.outcome })
    },

    async watch(watched: Watched): Promise<void> {
      const { services, vantages, probes: from } = watched
      const watches = (vantage: string) => vantages.has(vantage)
      await keepOnly(probes, (vantage, service) => services.has(service) && from.has(vantage))
      await keepOnly(discarded, watches)
      await keepOnly(duration, watches)
      await keepOnly(steps, watches)
      for (const pair of pairsOf(watched)) {
        for (const outcome of OUTCOMES) probes.inc({ ...pair, outcome }, 0)
      }
      const all = [...vantages]
      for (const vantage of all) for (const reason of UNFIT) discarded.inc({ vantage, reason }, 0)
      await startAtZero(
        duration,
        all.flatMap((vantage) => PLANS.map((plan) => ({ vantage, plan }))),
      )
      await startAtZero(
        steps,
        all.flatMap((vantage) => LAYERS.map((layer) => ({ vantage, layer }))),
      )
    },
  }
}

/** `measurement_id` is of exemplars only, which the types take for labels. */
function declare(registry: MetricRegistry) {
  const registers = [registry]
  return {
    probes: new Counter({
      name: 'didbon_probes_total',
      help: 'Probes of services that were judged, by outcome',
      labelNames: ['service', 'vantage', 'outcome'],
      registers,
    }),
    failures: new Counter({
      name: 'didbon_probe_failures_total',
      help: 'Network steps that failed, by OONI failure string',
      labelNames: ['layer', 'failure'],
      registers,
    }),
    discarded: new Counter({
      name: 'didbon_probes_discarded_total',
      help: 'Measurements discarded without judgement, because the fault was the prober’s or the vantage’s',
      labelNames: ['vantage', 'reason'],
      registers,
    }),
    duration: new Histogram<'vantage' | 'plan' | 'measurement_id'>({
      name: 'didbon_probe_duration_seconds',
      help: 'Duration of a probe, whatever its result',
      labelNames: ['vantage', 'plan'],
      buckets: PROBE_BUCKETS_S,
      enableExemplars: true,
      registers,
    }),
    steps: new Histogram<'vantage' | 'layer' | 'measurement_id'>({
      name: 'didbon_probe_step_duration_seconds',
      help: 'Duration of a network step that succeeded',
      labelNames: ['vantage', 'layer'],
      buckets: STEP_BUCKETS_S,
      enableExemplars: true,
      registers,
    }),
    lag: new Histogram({
      name: 'didbon_probe_loop_lag_seconds',
      help: 'Longest event-loop delay of the probing thread during a probe',
      buckets: LAG_BUCKETS_S,
      registers,
    }),
  }
}
