/**
 * metrics: every series didbon exposes, declared once.
 *
 * Counters and histograms are fed as things happen; states are read at scrape time, so that what Prometheus sees
 * is what `/api/v1/status` says at that moment. No data is a state of its own (`insufficient`), never 0 and never ok.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Measurement } from '../model/measurement.ts'
import { CAUSES, type OutageChange, type ServiceStatus } from '../model/outage.ts'
import type { Health } from '../model/vantage.ts'
import { OUTCOMES, type Verdict } from '../model/verdict.ts'

const STATES = ['ok', ...CAUSES, 'insufficient'] as const
const HEALTHS = ['online', 'shutdown', 'offline', 'unknown'] as const satisfies readonly Health[]
const STEP_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const PROBE_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30]
const LATE_BUCKETS_S = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10]

/** What is read afresh at each scrape. */
export interface MetricSources {
  readonly status: () => readonly ServiceStatus[]
  readonly vantages: () => readonly {
    readonly id: string
    readonly role: 'probe' | 'control'
    readonly health: Health
  }[]
  /** services on heightened watch, and until when (Unix ms) */
  readonly heightened: () => ReadonlyMap<string, number>
  /** incidents that are not over */
  readonly incidents: () => readonly {
    readonly incident: { readonly country: string; readonly services: readonly string[] }
    readonly likeliest: { readonly event: { readonly id: string }; readonly posterior: number } | null
  }[]
  /** probes the schedule has under way, and those it has waiting */
  readonly load: () => { readonly inFlight: number; readonly waiting: number }
  readonly store: () => {
    readonly bytes: number
    readonly walBytes: number
    readonly queued: number
    readonly dropped: number
    readonly lastCommitMs: number
  }
}

export type Metrics = ReturnType<typeof createMetrics>

/**
 * Builds the registry and the few verbs that feed it.
 *
 * @param sources read at each scrape; must be quick, they run on the main thread
 * @param build version shown in `didbon_build_info`
 */
export function createMetrics(sources: MetricSources, build: { version: string; node: string }) {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const probes = new Counter({
    name: 'didbon_probes_total',
    help: 'Probes of services that were judged, by outcome',
    labelNames: ['service', 'vantage', 'outcome'],
    registers,
  })
  const failures = new Counter({
    name: 'didbon_probe_failures_total',
    help: 'Network steps that failed, by OONI failure string',
    labelNames: ['layer', 'failure'],
    registers,
  })
  const discarded = new Counter({
    name: 'didbon_probes_discarded_total',
    help: 'Measurements that were never judged, because the fault was ours or the vantage’s',
    labelNames: ['vantage', 'reason'],
    registers,
  })
  const duration = new Histogram({
    name: 'didbon_probe_duration_seconds',
    help: 'Time one probe took, whatever came of it',
    labelNames: ['vantage', 'plan'],
    buckets: PROBE_BUCKETS_S,
    registers,
  })
  const stepDuration = new Histogram({
    name: 'didbon_probe_step_duration_seconds',
    help: 'Time one network step took when it succeeded',
    labelNames: ['vantage', 'layer'],
    buckets: STEP_BUCKETS_S,
    registers,
  })
  const lateness = new Histogram({
    name: 'didbon_schedule_lateness_seconds',
    help: 'How long after its moment a probe was started',
    buckets: LATE_BUCKETS_S,
    registers,
  })
  const skipped = new Counter({
    name: 'didbon_schedule_skipped_total',
    help: 'Scheduled probes that were not started',
    labelNames: ['reason'],
    registers,
  })
  const outages = new Counter({
    name: 'didbon_outages_total',
    help: 'Outages opened, by the cause they were opened with',
    labelNames: ['service', 'vantage', 'cause'],
    registers,
  })
  const reloadOk = new Gauge({
    name: 'didbon_config_last_reload_successful',
    help: 'Whether the last configuration read was taken over (1) or refused (0)',
    registers,
  })
  const reloadAt = new Gauge({
    name: 'didbon_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration in force was taken over',
    registers,
  })
  const rejected = new Gauge({
    name: 'didbon_config_rejected_info',
    help: 'The first problem of the configuration that was refused; absent while the last one was taken over',
    labelNames: ['reason'],
    registers,
  })
  new Gauge({
    name: 'didbon_build_info',
    help: 'Always 1; labels say what is running',
    labelNames: ['version', 'node'],
    registers,
  }).set(build, 1)
  new Gauge({
    name: 'didbon_service_state',
    help: 'State of each service from each vantage: 1 for the state it is in, 0 for the others',
    labelNames: ['service', 'vantage', 'state'],
    registers,
    collect() {
      this.reset()
      for (const { service, vantage, state } of sources.status()) {
        for (const each of STATES) this.set({ service, vantage, state: each }, each === state ? 1 : 0)
      }
    },
  })
  new Gauge({
    name: 'didbon_vantage_health',
    help: 'Health of each vantage by its canaries: 1 for the state it is in, 0 for the others',
    labelNames: ['vantage', 'role', 'health'],
    registers,
    collect() {
      this.reset()
      for (const { id, role, health } of sources.vantages()) {
        for (const each of HEALTHS) this.set({ vantage: id, role, health: each }, each === health ? 1 : 0)
      }
    },
  })
  new Gauge({
    name: 'didbon_heightened_watch_until_timestamp_seconds',
    help: 'Until when a service is on heightened watch, because of a recent trigger event; absent when it is not',
    labelNames: ['service'],
    registers,
    collect() {
      this.reset()
      for (const [service, untilAt] of sources.heightened()) this.set({ service }, untilAt / 1000)
    },
  })
  new Gauge({
    name: 'didbon_schedule_probes',
    help: 'Scheduled probes that are under way, and that wait for their moment or for room',
    labelNames: ['state'],
    registers,
    collect() {
      const { inFlight, waiting } = sources.load()
      this.set({ state: 'in_flight' }, inFlight)
      this.set({ state: 'waiting' }, waiting)
    },
  })
  incidentGauges(sources, registers)
  storeGauges(sources, registers)

  return {
    registry,

    /** Counts one measurement; `service` is null for canaries and controls, which are timed but not judged as a service. */
    probed(measurement: Measurement, service: string | null, verdict: Verdict | null): void {
      const { vantage, plan } = measurement
      if (measurement.unfit !== null) {
        discarded.inc({ vantage, reason: measurement.unfit })
        return
      }
      duration.observe({ vantage, plan }, measurement.durationMs / 1000)
      for (const { layer, failure, durationMs } of measurement.observations) {
        if (failure === null) stepDuration.observe({ vantage, layer }, durationMs / 1000)
        // "unknown_failure: ..." would be a label per message
        else failures.inc({ layer, failure: failure.split(':', 1)[0]! })
      }
      if (service !== null && verdict !== null) probes.inc({ service, vantage, outcome: verdict.outcome })
    },

    /** Counts outages as they open. */
    changed({ kind, outage }: OutageChange): void {
      if (kind === 'opened') {
        outages.inc({ service: outage.service ?? '', vantage: outage.vantage, cause: outage.cause })
      }
    },

    started(lateMs: number): void {
      lateness.observe(lateMs / 1000)
    },

    skipped(reason: string, count: number): void {
      skipped.inc({ reason }, count)
    },

    configTaken(at: number): void {
      reloadOk.set(1)
      reloadAt.set(at / 1000)
      rejected.reset()
    },

    configRefused(reason: string): void {
      reloadOk.set(0)
      rejected.reset()
      rejected.set({ reason: reason.slice(0, 200) }, 1)
    },

    /** Makes the series of every watched pair exist from the start, at 0. */
    watch({
      services,
      vantages,
    }: {
      services: readonly { id: string }[]
      vantages: readonly { id: string }[]
    }): void {
      for (const { id: service } of services) {
        for (const { id: vantage } of vantages) {
          for (const outcome of OUTCOMES) probes.inc({ service, vantage, outcome }, 0)
        }
      }
    },
  }
}

function incidentGauges(sources: MetricSources, registers: Registry[]): void {
  new Gauge({
    name: 'didbon_incidents_open',
    help: 'Incidents that are not over, by country',
    labelNames: ['country'],
    registers,
    collect() {
      this.reset()
      for (const { incident } of sources.incidents()) this.inc({ country: incident.country })
    },
  })
  new Gauge({
    name: 'didbon_incident_trigger_posterior',
    help: 'Posterior of the likeliest documented trigger of an open incident, by a service it hit',
    labelNames: ['service', 'event'],
    registers,
    collect() {
      this.reset()
      for (const { incident, likeliest } of sources.incidents()) {
        if (likeliest === null) continue
        for (const service of incident.services)
          this.set({ service, event: likeliest.event.id }, likeliest.posterior)
      }
    },
  })
}

function storeGauges(sources: MetricSources, registers: Registry[]): void {
  const gauges = {
    bytes: ['didbon_store_size_bytes', 'Size of the database file'],
    walBytes: ['didbon_store_wal_size_bytes', 'Size of the write-ahead log'],
    queued: ['didbon_store_queued_rows', 'Rows waiting for the next commit'],
    dropped: [
      'didbon_store_dropped_rows',
      'Raw measurements given up since start because the disk would not take them',
    ],
    lastCommitMs: ['didbon_store_last_commit_seconds', 'Time the last commit took'],
  } as const
  for (const [key, [name, help]] of Object.entries(gauges) as [
    keyof typeof gauges,
    readonly [string, string],
  ][]) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = sources.store()[key]
        this.set(key === 'lastCommitMs' ? value / 1000 : value)
      },
    })
  }
}
