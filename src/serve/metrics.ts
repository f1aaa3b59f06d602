/**
 * metrics: every series didbon exposes. One file in metrics/ for each theme; this is the way in.
 *
 * Counters and histograms are fed as things happen, through the verbs below; states are read at scrape time (metrics/live.ts).
 * Series of what is watched exist from the start at 0, and go when it is no longer watched.
 */
import type { Measurement } from '../model/measurement.ts'
import type { OutageChange } from '../model/outage.ts'
import type { Agreement, Verdict } from '../model/verdict.ts'
import { certificatesShown } from './metrics/certificates.ts'
import { clockSkew } from './metrics/clock.ts'
import { type Build, configurationState } from './metrics/configuration.ts'
import { controlCounts } from './metrics/controls.ts'
import { diagnosisCounts } from './metrics/diagnoses.ts'
import { type Exposition, expose } from './metrics/exposition.ts'
import { INCIDENT_GAUGES } from './metrics/incidents.ts'
import { type LiveGauge, type MetricSources, see } from './metrics/live.ts'
import { OUTAGE_GAUGES, outageCounts } from './metrics/outages.ts'
import { MACHINE_GAUGES } from './metrics/machine.ts'
import { probeCounts } from './metrics/probes.ts'
import { newRegistry } from './metrics/registry.ts'
import { SCHEDULE_GAUGES, scheduleCounts } from './metrics/schedule.ts'
import { STATE_GAUGES } from './metrics/states.ts'
import { STORE_GAUGES, storeTimes } from './metrics/store.ts'
import { THROUGHPUT_GAUGES } from './metrics/throughput.ts'
import { vantagesSeen } from './metrics/vantages.ts'
import { type Scope, watchedIn } from './metrics/watched.ts'

export type Metrics = ReturnType<typeof createMetrics>

/**
 * Declares everything and builds the few verbs that feed it.
 *
 * @param sources read once at each scrape; must be quick, they run on the main thread
 * @param build version shown in `didbon_build_info`
 */
export function createMetrics(sources: MetricSources, build: Build) {
  const registry = newRegistry()
  const probes = probeCounts(registry)
  const outages = outageCounts(registry)
  const controls = controlCounts(registry)
  const diagnoses = diagnosisCounts(registry)
  const vantages = vantagesSeen()
  const certificates = certificatesShown()
  const clock = clockSkew()
  const { gauges: configGauges, ...configuration } = configurationState(build)
  const gauges: readonly LiveGauge[] = [
    ...configGauges,
    ...STATE_GAUGES,
    ...OUTAGE_GAUGES,
    ...THROUGHPUT_GAUGES,
    ...INCIDENT_GAUGES,
    ...vantages.gauges,
    controls.gauge,
    ...certificates.gauges,
    clock.gauge,
    ...MACHINE_GAUGES,
    ...SCHEDULE_GAUGES,
    ...STORE_GAUGES,
  ]
  let watched = watchedIn({ services: [], vantages: [] })

  return {
    ...configuration,
    ...scheduleCounts(registry),
    ...storeTimes(registry),

    /** The text of one scrape. */
    expose: (format: Exposition): Promise<string> => expose(registry, gauges, () => see(sources), format),

    /** Counts one measurement; `service` and `verdict` are null for canaries and controls. */
    probed(measurement: Measurement, service: string | null, verdict: Verdict | null): void {
      probes.probed(measurement, service, verdict, watched)
      vantages.saw(measurement)
      certificates.saw(measurement, watched)
    },

    /** Counts outages as they open and close. */
    changed(change: OutageChange): void {
      outages.changed(change, watched)
    },

    /** Counts a measurement that failed here by what the control said of it. */
    compared(service: string, vantage: string, said: Agreement): void {
      controls.compared(service, vantage, said, watched)
    },

    /** Counts a diagnosis by the mechanism it told apart. */
    diagnosed(measurement: Measurement, service: string, verdict: Verdict): void {
      diagnoses.diagnosed(measurement, service, verdict, watched)
    },

    /** Whether a control's own look reached an endpoint. */
    controlled: (control: string, endpoint: string, reached: boolean): void =>
      controls.observe(control, endpoint, reached),

    /** Takes the time off an answer of a site that is well. */
    heard: (measurement: Measurement): void => clock.observe(measurement),

    /** Makes the series of what is watched exist at 0, and lets go of all others. */
    async watch(scope: Scope): Promise<void> {
      watched = watchedIn(scope)
      certificates.watch(watched)
      vantages.watch(watched)
      await Promise.all([
        probes.watch(watched),
        outages.watch(watched),
        controls.watch(watched),
        diagnoses.watch(watched),
      ])
    },
  }
}
