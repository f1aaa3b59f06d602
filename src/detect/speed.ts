/**
 * speed: do an endpoint's bytes come slower than anything explains? A sequential test on the log of the ratio, measurement by measurement.
 *
 *     ln(ratio against the kindest comparison) ─► nats between 0 and the threshold ─► slow at the top, well again at the bottom
 *
 * The kindest comparison decides: a neutral host that is slow too (a slow line), a control that is (a slow site), an hour that always is
 * (a busy evening), one server that is as slow under another name (a busy path) each clear the service.
 *
 * One server that is slow under the service's name alone is what no queue does: such measurements need not last, a few are enough. Where no
 * server could be asked under two names, slowness counts only when neutral host, control and the vantage's own last days all say so,
 * and lasts for half a day: a path can be busy for hours, and every evening.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { Rates } from '../model/rates.ts'
import { FAST_BYTES_PER_SECOND, SLOW_RATIO, againstControl, againstNeutral } from '../model/rates.ts'
import { learnRate, newBaseline, usualAt } from './baseline.ts'
import { reachThreshold, type DetectSettings } from './settings.ts'
import type { Baseline, Compared, SpeedState, VantageState } from './state.ts'

/** `fine`: as ever. `slow`: counted against it. `recovering`: not slow, and it was in doubt or slow. `unsaid`: did not count. */
export type SpeedStep = 'fine' | 'slow' | 'recovering' | 'unsaid'

/** Nats for each factor e of slowness beyond the line: two log-normals 3.2 apart (1 and 0.04) that are 1.2 wide. */
const NATS_PER_LOG = 2.24
/** So much slower or faster than usual is usual: three standard deviations, by the median absolute deviation. */
const USUAL_SPREAD = 3 * 1.4826
/** Looks with the name proved at fault that are enough. */
const NAMED_MEASUREMENTS = 2
/** Each such look is worth this share of what it takes at least: chance does not do that to one server in one minute. */
const NAMED_SHARE = 0.35
/** What a measurement that is not slow is worth at least, however near the line it lies. */
const LEAST_LOSS = 0.5
/** A service that was slow is only well again when it is so many times faster than it was. */
const RECOVERED = 2
const EVIDENCE_MAX = 10

/** The state of one endpoint's transfers, made if it is new. */
export function speedState(vantage: VantageState, endpoint: string): SpeedState {
  return (vantage.speeds[endpoint] ??= {
    score: 0,
    slow: false,
    named: 0,
    asked: 0,
    newestAt: Number.MIN_SAFE_INTEGER,
    ratedAt: Number.MIN_SAFE_INTEGER,
    fineAt: null,
    slowAt: null,
    firstSlowAt: null,
    firstFineAt: null,
    slowRate: null,
    baseline: newBaseline(),
    last: null,
    evidence: [],
  })
}

/** Drops what is said against it, in place; what was learned of its usual speed stays. */
export function clearSpeedDoubt(state: SpeedState): void {
  Object.assign(state, { score: 0, slow: false, named: 0, asked: 0, firstSlowAt: null, slowRate: null })
  state.evidence = []
}

/** Folds one measurement of plan `throughput` into its endpoint, in place. */
export function foldSpeed(
  state: SpeedState,
  measurement: JudgedMeasurement,
  settings: DetectSettings,
): SpeedStep {
  const { rates } = measurement
  if (rates === undefined || rates.target === null || measurement.startedAt < state.newestAt) return 'unsaid'
  state.newestAt = measurement.startedAt
  state.ratedAt = measurement.endedAt
  const compared = compare(rates, state.baseline, measurement.endedAt)
  state.last = { rates, compared }
  const ratio = kindest(rates, compared)
  const { bytesPerSecond } = rates.target
  if (ratio < SLOW_RATIO) {
    if (rates.byName !== null || Object.values(compared).every((each) => each !== null))
      return foldSlow(state, measurement, ratio, settings)
    // Nobody can say; for now it is what this line gives at this hour.
    if (!state.slow && state.score === 0) learnRate(state.baseline, bytesPerSecond, measurement.endedAt)
    return 'unsaid'
  }
  if (state.slow && bytesPerSecond < RECOVERED * (state.slowRate ?? 0)) return 'unsaid'
  return foldFast(state, measurement, ratio, settings)
}

/** How it compares with everything there is to compare with. */
export function compare(rates: Rates, baseline: Baseline, at: number): Compared {
  const neutral = againstNeutral(rates)
  const control = againstControl(rates)
  const usual = rates.target === null ? null : usualAt(baseline, at)
  if (usual === null) return { neutral, control, baseline: null }
  const away = Math.log(Math.max(1, rates.target!.bytesPerSecond)) - usual.median
  const isUsual = away >= -USUAL_SPREAD * usual.mad
  return { neutral, control, baseline: isUsual ? Math.max(SLOW_RATIO, Math.exp(away)) : Math.exp(away) }
}

/** The ratio by the comparison that speaks most for the service. */
function kindest(rates: Rates, compared: Compared): number {
  const ratios = [...Object.values(compared), rates.byName].filter((each) => each !== null)
  if (rates.target!.bytesPerSecond >= FAST_BYTES_PER_SECOND || ratios.length === 0) return 1
  return Math.max(...ratios)
}

function foldSlow(
  state: SpeedState,
  measurement: JudgedMeasurement,
  ratio: number,
  settings: DetectSettings,
): SpeedStep {
  const top = reachThreshold(settings)
  const named = measurement.rates!.byName !== null
  const most = named ? top / NAMED_MEASUREMENTS : settings.slowLookNats
  const gain = NATS_PER_LOG * Math.log(SLOW_RATIO / ratio)
  const { bytesPerSecond } = measurement.rates!.target!
  state.slowAt = measurement.startedAt
  state.firstSlowAt ??= measurement.endedAt
  state.firstFineAt = null
  if (named) state.named += 1
  state.slowRate = Math.max(state.slowRate ?? 0, bytesPerSecond)
  if (state.evidence.length < EVIDENCE_MAX) state.evidence.push(measurement.id)
  state.score = Math.min(top, state.score + Math.min(most, named ? Math.max(gain, top * NAMED_SHARE) : gain))
  const lasted = measurement.endedAt - state.firstSlowAt >= settings.throttledAfterMs
  if (!state.slow && state.score >= top && (state.named >= NAMED_MEASUREMENTS || lasted)) {
    state.slow = true
    state.asked = 0
  }
  return 'slow'
}

function foldFast(
  state: SpeedState,
  measurement: JudgedMeasurement,
  ratio: number,
  settings: DetectSettings,
): SpeedStep {
  state.fineAt = measurement.startedAt
  const doubted = state.score > 0 || state.slow
  state.firstFineAt = doubted ? (state.firstFineAt ?? measurement.endedAt) : null
  if (!state.slow) state.firstSlowAt = null
  const loss = NATS_PER_LOG * Math.log(ratio / SLOW_RATIO)
  state.score = Math.max(0, state.score - Math.min(settings.slowLookNats, Math.max(loss, LEAST_LOSS)))
  if (state.score === 0) {
    if (doubted) clearSpeedDoubt(state)
    learnRate(state.baseline, measurement.rates!.target!.bytesPerSecond, measurement.endedAt)
  }
  return doubted ? 'recovering' : 'fine'
}
