/** report: what metrics and log hear of what the watchkeeper decided. */
import { agreementOf, controlFacts, controlReached } from '../judge/control.ts'
import type { RankedIncident } from '../model/correlation.ts'
import type { Measurement } from '../model/measurement.ts'
import type { OutageChange } from '../model/outage.ts'
import type { Outcome, Verdict } from '../model/verdict.ts'
import type { Metrics } from '../serve/metrics.ts'
import type { Step } from '../watch/types.ts'
import type { Log } from './log.ts'

export interface Report {
  readonly step: (step: Step<Measurement>) => void
  readonly changed: (change: OutageChange, opened: readonly RankedIncident[]) => void
  /** Outcomes since this was last asked, for the line a round ends with. */
  readonly tally: () => Partial<Record<Outcome, number>>
}

/** @param isInternational whether a canary is of the outside world */
export function createReport(
  log: Log,
  metrics: Metrics,
  isInternational: (canary: string) => boolean,
): Report {
  let tallied: Partial<Record<Outcome, number>> = {}

  function judged(
    measurement: Measurement,
    verdict: Verdict,
    { service, controls }: Step<Measurement>,
  ): void {
    tallied[verdict.outcome] = (tallied[verdict.outcome] ?? 0) + 1
    metrics.probed(measurement, service, verdict)
    if (measurement.plan === 'diagnose') {
      metrics.diagnosed(measurement, service!, verdict)
      log.info(diagnosisLine(measurement, service!, verdict), 'outage diagnosed')
    }
    if (verdict.reached === 'no') metrics.compared(service!, measurement.vantage, agreementOf(controls))
    log.debug(probeLine(measurement, service!, verdict), 'probe finished')
  }

  function asControl(measurement: Measurement): void {
    if (measurement.plan !== 'full') return
    const facts = controlFacts([measurement])
    if (facts === null) return
    metrics.controlled(measurement.vantage, measurement.endpoint, controlReached(facts))
    metrics.heard(measurement)
  }

  return {
    step(step) {
      const { measurement, verdict, answered } = step
      if (measurement === null) return
      if (verdict !== null) return judged(measurement, verdict, step)
      metrics.probed(measurement, null, null)
      if (answered === 'blocked') {
        const { vantage, endpoint: canary, id: measurementId } = measurement
        log.warn({ vantage, canary, measurementId }, 'canary is blocked itself')
      }
      if (answered === null) asControl(measurement)
      else if (answered === 'yes' && isInternational(measurement.endpoint)) metrics.heard(measurement)
    },
    changed(change, opened) {
      metrics.changed(change)
      logChange(log, change)
      for (const incident of opened) logIncident(log, incident)
    },
    tally() {
      const counted = tallied
      tallied = {}
      return counted
    },
  }
}

function probeLine(measurement: Measurement, service: string, { outcome, rule }: Verdict) {
  const { endpoint, vantage, unfit, durationMs } = measurement
  const took = Math.round(durationMs)
  return { service, endpoint, vantage, outcome, rule, unfit: unfit ?? undefined, durationMs: took }
}

function diagnosisLine(measurement: Measurement, service: string, verdict: Verdict) {
  const { outcome, mechanism, rule, because } = verdict
  const { vantage, experiments, unfit } = measurement
  const trials = experiments.length
  return { service, vantage, outcome, mechanism, rule, because, trials, unfit: unfit ?? undefined }
}

const SENTENCES = {
  opened: 'outage opened',
  cause: 'outage changed cause',
  closed: 'outage closed',
  reopened: 'outage reopened',
} as const satisfies Record<OutageChange['kind'], string>

function logChange(log: Log, { kind, outage }: OutageChange): void {
  const { service, vantage, id, cause, mechanism, causes } = outage
  const because = causes.at(-1)?.reason
  log.info({ service, vantage, outage: id, cause, mechanism, because }, SENTENCES[kind])
}

function logIncident(log: Log, { incident, likeliest }: RankedIncident): void {
  log.info(
    {
      incident: incident.id,
      services: incident.services,
      vantages: incident.vantages,
      after: likeliest?.event.id ?? null,
      posterior: likeliest === null ? null : Number(likeliest.posterior.toFixed(3)),
      lagHours: likeliest?.lagHours ?? null,
    },
    'incident opened',
  )
}
