/**
 * pipeline: the story in one function. A measurement comes in; it is judged, folded, saved, and what changed is told.
 *
 *     measurement ─► judge ─► reached? ── yes ──────────────► fold ─► save ─► tell
 *                               └─ no: ask the control and the canaries afresh, judge again ─┘
 *
 * Nothing that failed is judged on stale company: a fault of the vantage, or of the site itself, is ruled out first.
 */
import type { Log } from './log.ts'
import { judge } from '../judge/judge.ts'
import { judgeCanary } from '../judge/canary.ts'
import { agreementOf, controlFacts, controlReached } from '../judge/control.ts'
import { isTurnedAway } from '../judge/rules/reached.ts'
import { needsControl } from '../judge/quic.ts'
import { ratesOf } from '../judge/rates.ts'
import { foldCanary, foldLook, foldTick } from '../detect/fold.ts'
import { healthOf } from '../detect/health.ts'
import { roundOf, type DetectSettings, type Watch } from '../detect/settings.ts'
import { type Detector, saveState } from '../detect/state.ts'
import { endOf, lookedAt, lookOf } from '../watch/look.ts'
import type { CanaryLook, Folded } from '../model/look.ts'
import type { Measurement } from '../model/measurement.ts'
import type { OutageChange } from '../model/outage.ts'
import type { Canary, Endpoint } from '../model/service.ts'
import type { Outcome, Verdict } from '../model/verdict.ts'
import type { Metrics } from '../serve/metrics.ts'
import type { Saved, Store } from '../store/store.ts'

/** A control or a sweep begun this share of a round before the look that failed is still fresh: 5 s at the default 30 s, a minute at most. */
const FRESH_SHARE = 1 / 6

/** What the pipeline stands on. `watch` and `settings` are asked each time, since a reload replaces them. */
export interface PipelineParts {
  readonly log: Log
  readonly store: Store
  readonly metrics: Metrics
  readonly detector: Detector
  readonly watch: () => Watch
  readonly settings: () => DetectSettings
  /** the same endpoint from every control that is well, looked at no earlier than that */
  readonly freshControls: (
    endpoint: Endpoint,
    of: Measurement,
    notBeforeAt: number,
  ) => Promise<readonly Measurement[]>
  /** the vantage's canaries, looked at no earlier than that; returns when all are folded */
  readonly freshCanaries: (vantage: string, notBeforeAt: number) => Promise<void>
  /** hears of each change once it is decided */
  readonly tell: (change: OutageChange) => void
}

export interface Pipeline {
  /** Takes one measurement of a service's endpoint from a probe vantage. */
  readonly take: (
    measurement: Measurement,
    endpoint: Endpoint,
  ) => Promise<{ verdict: Verdict; folded: Folded }>
  /** Takes one measurement of a canary. */
  readonly takeCanary: (measurement: Measurement, canary: Canary) => void
  /** Takes a measurement a control made: recorded, never judged by itself. */
  readonly takeControl: (measurement: Measurement) => void
  /** Lets time pass where nothing was measured. */
  readonly tick: (now: number) => void
  /** Outcomes since this was last asked, for the line a round ends with. */
  readonly tally: () => Partial<Record<Outcome, number>>
}

/** Wires the rooms that stand between a measurement and the log of outages. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { log, store, metrics, detector, watch, settings } = parts

  let tallied: Partial<Record<Outcome, number>> = {}

  /** The measurement, what came of it, and where the detector then stood: one step, saved whole. */
  function keep(
    step: Omit<Saved, 'changes' | 'detector'>,
    vantage: string,
    changes: readonly OutageChange[],
  ): void {
    const state = detector.vantages[vantage]
    store.save({
      ...step,
      changes,
      detector: state === undefined ? null : { vantage, state: saveState(state) },
    })
    for (const change of changes) {
      metrics.changed(change)
      logChange(log, change)
      told(change)
    }
  }

  /** What hears of a change may fail (the disk is full, the record is locked); what was decided stands. */
  function told(change: OutageChange): void {
    try {
      parts.tell(change)
    } catch (err) {
      log.error({ err, outage: change.outage.id }, 'outage change could not be reported')
    }
  }

  /** Asks afresh whoever can tell a fault of the vantage or of the site from one on the way. @returns what the controls saw */
  async function company(measurement: Measurement, endpoint: Endpoint): Promise<readonly Measurement[]> {
    const alone = judge(measurement, [], healthOf(detector, measurement.vantage, watch()))
    const roundMs = roundOf(watch(), endpoint.service, measurement.vantage)
    // A diagnosis takes a minute, and must have been well at its end too.
    const from = measurement.plan === 'diagnose' ? endOf(measurement) : measurement.startedAt
    const since = from - roundMs * FRESH_SHARE
    if (measurement.unfit === 'vantage_unreachable') await parts.freshCanaries(measurement.vantage, since)
    if (measurement.unfit !== null) return []
    if (alone.outcome === 'ok')
      return needsControl(measurement) || isTurnedAway(alone.rule)
        ? parts.freshControls(endpoint, measurement, since)
        : []
    const [controls] = await Promise.all([
      parts.freshControls(endpoint, measurement, since),
      parts.freshCanaries(measurement.vantage, since),
    ])
    return controls
  }

  return {
    async take(measurement, endpoint) {
      const controls = await company(measurement, endpoint)
      // Judged, folded and queued without a pause, so that a replay finds the detector as it was here.
      const verdict = judge(measurement, controls, healthOf(detector, measurement.vantage, watch()))
      const rates = ratesOf(measurement, controls)
      const look = lookOf(lookedAt(measurement), endpoint, verdict, rates)
      const folded = foldLook(detector, look, watch(), settings())
      keep({ measurement, verdict, controls, rates }, measurement.vantage, folded.changes)
      tallied[verdict.outcome] = (tallied[verdict.outcome] ?? 0) + 1
      metrics.probed(measurement, endpoint.service, verdict)
      if (measurement.plan === 'diagnose') {
        metrics.diagnosed(measurement, endpoint.service, verdict)
        log.info(diagnosisLine(measurement, endpoint, verdict), 'outage diagnosed')
      }
      if (verdict.reached === 'no') {
        metrics.compared(endpoint.service, measurement.vantage, agreementOf(controls))
      }
      log.debug(
        {
          service: endpoint.service,
          endpoint: endpoint.id,
          vantage: measurement.vantage,
          outcome: verdict.outcome,
          rule: verdict.rule,
          unfit: measurement.unfit ?? undefined,
          durationMs: Math.round(measurement.durationMs),
        },
        'probe finished',
      )
      return { verdict, folded }
    },

    takeCanary(measurement, canary) {
      const look: CanaryLook = {
        vantage: measurement.vantage,
        canary: canary.id,
        group: canary.group,
        startedAt: measurement.startedAt,
        endedAt: endOf(measurement),
        answered: judgeCanary(measurement, canary),
      }
      const { changes } = foldCanary(detector, look, watch(), settings())
      keep({ measurement, verdict: null, answered: look.answered }, measurement.vantage, changes)
      metrics.probed(measurement, null, null)
      if (look.answered === 'yes' && canary.group === 'international') metrics.heard(measurement)
    },

    takeControl(measurement) {
      store.save({ measurement, verdict: null, changes: [], detector: null })
      metrics.probed(measurement, null, null)
      if (measurement.plan !== 'full') return
      const facts = controlFacts([measurement])
      if (facts === null) return
      metrics.controlled(measurement.vantage, measurement.endpoint, controlReached(facts))
      metrics.heard(measurement)
    },

    tick(now) {
      const { changes, moved } = foldTick(detector, now, watch(), settings())
      for (const [i, vantage] of moved.entries()) {
        const here = changes.filter(({ outage }) => outage.vantage === vantage)
        keep({ measurement: null, verdict: null, ...(i === 0 && { tickAt: now }) }, vantage, here)
      }
    },

    tally() {
      const counted = tallied
      tallied = {}
      return counted
    },
  }
}

function diagnosisLine(measurement: Measurement, { service }: Endpoint, verdict: Verdict) {
  const { outcome, mechanism, rule, because } = verdict
  const trials = measurement.experiments.length
  return {
    service,
    vantage: measurement.vantage,
    outcome,
    mechanism,
    rule,
    because,
    trials,
    unfit: measurement.unfit ?? undefined,
  }
}

const SENTENCES = {
  opened: 'outage opened',
  cause: 'outage changed cause',
  closed: 'outage closed',
  reopened: 'outage reopened',
} as const satisfies Record<OutageChange['kind'], string>

function logChange(log: Log, { kind, outage }: OutageChange): void {
  const last = outage.causes.at(-1)
  log.info(
    {
      service: outage.service,
      vantage: outage.vantage,
      outage: outage.id,
      cause: outage.cause,
      mechanism: outage.mechanism,
      because: last?.reason,
    },
    SENTENCES[kind],
  )
}
