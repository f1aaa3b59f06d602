/**
 * fold: looks in, changes out. The only way into detect/.
 *
 *     canary look ─► health ───────────────┐
 *     look ─► reach, per endpoint ─► case ─┼► outage of the service ─► changes, and what to look at again
 *     look that timed bytes ─► speed ──────┤
 *     diagnosis ─► case ───────────────────┘
 *     look in full ─► quic, beside all that
 *
 * Each function advances the detector in place and is deterministic: the same measurements in the same order give the same
 * outages. A look or a canary changes the part of its own vantage only; a tick may change any.
 */
import type { CanaryMeasurement, Folded, JudgedMeasurement } from '../model/judged-measurement.ts'
import type { OutageChange } from '../model/outage.ts'
import { failsAlone } from './alone.ts'
import { openOutage, serviceState, vantageState } from './detector.ts'
import { noteDiagnosis, noteGround } from './diagnosis.ts'
import { forgetFuture } from './forget-future.ts'
import { forgetCanaries, healthOf, noteCanary, updateHealth } from './health.ts'
import { burstChance, noteCanaryLook, noteFineLook } from './line.ts'
import { foldFamilies } from './families.ts'
import { foldQuic } from './quic.ts'
import { endpointState, foldReach, type Step } from './reach.ts'
import type { Place, ServiceContext } from './context.ts'
import { noteMeasurement, primaries, updateService } from './service.ts'
import { canaryRoundOf, reachThreshold, type DetectSettings, type Watch } from './settings.ts'
import { foldSpeed, speedState, type SpeedStep } from './speed.ts'
import type { Detector, SpeedState } from './state.ts'
import { forgetRuns, isLineOut, noteCanaryStray, noteServiceStray, straying, straysBeside } from './strays.ts'
import { forgetOldSpeeds } from './throttled.ts'
import { leaveUnwatched } from './unwatched.ts'

/** How often at most bytes are timed again for one doubt. */
const TIMED_AGAIN_MAX = 6

/** Nothing happened. */
const NOTHING: Folded = { changes: [], suspicious: [] }

/**
 * Folds one judged measurement.
 *
 * Nothing moves when it cannot say, when it is of something no longer watched, or when it failed while the vantage was not
 * known to be online from its beginning to its end.
 */
export function foldMeasurement(
  detector: Detector,
  measurement: JudgedMeasurement,
  watch: Watch,
  settings: DetectSettings,
): Folded {
  const watched = watch.services.find(({ id }) => id === measurement.service)
  if (watched === undefined || !says(measurement)) return NOTHING
  if (!watched.endpoints.some(({ id }) => id === measurement.endpoint)) return NOTHING
  if (!watch.vantages.some(({ id }) => id === measurement.vantage)) return NOTHING

  const vantage = vantageState(detector, measurement.vantage)
  foldQuic(vantage, measurement, settings)
  const place: Place = { detector, vantage, watched, vantageId: measurement.vantage, watch, settings }
  if (measurement.plan === 'throughput') return foldTransfer(place, measurement)
  return measurement.plan === 'diagnose' ? foldDiagnosis(place, measurement) : foldReached(place, measurement)
}

function says({ plan, verdict, rates }: JudgedMeasurement): boolean {
  if (plan === 'diagnose') return true
  return plan === 'throughput' ? rates !== undefined : verdict.reached !== 'unknown'
}

/** A heartbeat or a full measurement: it could be reached, or not. */
function foldReached(place: Place, measurement: JudgedMeasurement): Folded {
  const { vantage, watch, settings } = place
  const { reached } = measurement.verdict
  const primary = measurement.role === 'primary'
  if (primary) noteServiceStray(vantage, measurement, settings)
  if (reached === 'no' && !stoodOnline(place, measurement)) return NOTHING
  const service = serviceState(vantage, measurement.service)
  const endpoint = endpointState(vantage, measurement.endpoint, measurement.startedAt)
  const before = endpoint.score
  const alone = reached === 'no' && failsAlone(vantage, measurement.service, watch)
  if (reached === 'yes') {
    noteFineLook(vantage.line, measurement)
    foldFamilies(vantage, measurement, settings)
  }
  const burst = reached === 'no' && !endpoint.out ? burstChance(vantage.line, measurement, settings) : 0
  const here =
    reached === 'no'
      ? straying(straysBeside(vantage, measurement.service, measurement.endedAt, watch, settings), settings)
      : settings
  const step = foldReach(endpoint, measurement, here, alone, burst)
  if (primary) {
    service.lastLookAt = Math.max(service.lastLookAt ?? measurement.endedAt, measurement.endedAt)
    if (reached === 'yes') service.fineSinceAt ??= measurement.endedAt
  }
  if (step === 'fine' && service.case === null) return NOTHING

  const context: ServiceContext = { ...place, service }
  const changes: OutageChange[] = []
  if (primary) {
    noteMeasurement(context, measurement, step)
    const change = updateService(context, measurement.endedAt, measurement)
    if (change !== null) changes.push(change, ...updateOthers(context, measurement.endedAt))
  }
  return { changes, suspicious: suspicions(context, step, before, endpoint.score, measurement) }
}

/** A diagnosis speaks about an outage that is open, and about nothing else. */
function foldDiagnosis(place: Place, measurement: JudgedMeasurement): Folded {
  const isNews = noteGround(place.vantage, measurement)
  const service = place.vantage.services[measurement.service]
  if (service === undefined || service.case === null || openOutage(service) === null) return NOTHING
  const context: ServiceContext = { ...place, service }
  if (!primaries(context).some(({ out }) => out)) return NOTHING
  if (!noteDiagnosis(service.case, measurement, place.settings) && !isNews) return NOTHING
  const change = updateService(context, measurement.endedAt, measurement)
  return {
    changes: change === null ? [] : [change, ...updateOthers(context, measurement.endedAt)],
    suspicious: [],
  }
}

/** A look that timed bytes. What is slow counts only while the vantage is known to be online. */
function foldTransfer(place: Place, measurement: JudgedMeasurement): Folded {
  if (!stoodOnline(place, measurement)) return NOTHING
  const { vantage, settings } = place
  const service = serviceState(vantage, measurement.service)
  const state = speedState(vantage, measurement.endpoint)
  const was = state.slow
  const step = foldSpeed(state, measurement, settings)
  const change =
    was === state.slow ? null : updateService({ ...place, service }, measurement.endedAt, measurement)
  return {
    changes: change === null ? [] : [change],
    suspicious: timeAgain(state, step, measurement, settings),
  }
}

/** Times bytes again soon while it is open whether they are slow, or well again; after some tries the rounds must do. */
function timeAgain(
  state: SpeedState,
  step: SpeedStep,
  { service, vantage, endpoint }: JudgedMeasurement,
  settings: DetectSettings,
): Folded['suspicious'] {
  const open = state.score > 0 && (!state.slow || state.score < reachThreshold(settings))
  if (!open) state.asked = 0
  if (!open || step === 'unsaid' || state.asked >= TIMED_AGAIN_MAX) return []
  const again = state.asked
  state.asked += 1
  return [{ service, vantage, slow: { endpoint, again } }]
}

/** Folds what one canary said of its vantage. */
export function foldCanary(
  detector: Detector,
  measurement: CanaryMeasurement,
  watch: Watch,
  settings: DetectSettings,
): Folded {
  if (measurement.answered === 'unknown' || !watch.canaries.some(({ id }) => id === measurement.canary))
    return NOTHING
  const vantage = vantageState(detector, measurement.vantage)
  const asEver = vantage.health === 'online' && vantage.canaries[measurement.canary]?.answered === 'yes'
  noteCanary(vantage, measurement)
  noteCanaryStray(vantage, measurement, settings)
  // One that never answered from here, or is itself blocked, says nothing of the line.
  const known = vantage.canaries[measurement.canary]
  if (known?.proven === true && known.answered !== 'blocked') noteCanaryLook(vantage.line, measurement)
  if (asEver && measurement.answered === 'yes') return NOTHING
  const change = updateHealth(vantage, measurement.vantage, measurement.endedAt, watch, settings)
  if (change !== null || isLineOut(vantage, watch)) forgetRuns(vantage)
  return change === null ? NOTHING : { changes: [change], suspicious: [] }
}

/** What may have happened since the last tick; what has not need not be looked for. */
export interface SinceLastTick {
  /** something folded lies ahead of this tick */
  readonly clockWentBack: boolean
  readonly watchChanged: boolean
}

const UNKNOWN_SINCE: SinceLastTick = { clockWentBack: true, watchChanged: true }

/** What time passing brought about. */
export interface Ticked extends Folded {
  /** vantages whose part of the detector is another than before: a replay must let time pass at the same moment */
  readonly moved: readonly string[]
}

/**
 * Lets time pass: what canaries said long ago no longer holds, nothing lies ahead of a clock that was set back, outages of
 * what is no longer watched end, and the other open ones are weighed again in the light of what other vantages saw meanwhile.
 * A silent service needs no fold: `statusOf` sees the gap by itself.
 */
export function foldTick(
  detector: Detector,
  now: number,
  watch: Watch,
  settings: DetectSettings,
  since: SinceLastTick = UNKNOWN_SINCE,
): Ticked {
  if (since.clockWentBack) forgetFuture(detector, now)
  const changes: OutageChange[] = []
  const moved = new Set<string>()
  for (const [id, vantage] of Object.entries(detector.vantages)) {
    if (since.watchChanged) changes.push(...leaveUnwatched(vantage, id, now, watch))
    if (forgetCanaries(vantage, now - canaryRoundOf(watch) * settings.gapRounds)) {
      moved.add(id)
      const change = updateHealth(vantage, id, now, watch, settings)
      if (change !== null) changes.push(change)
    }
    if (!watch.vantages.some((v) => v.id === id)) continue
    if (forgetOldSpeeds(vantage.speeds, now, settings.speedStaleMs)) moved.add(id)
    for (const watched of watch.services) {
      const service = vantage.services[watched.id]
      if (service === undefined || openOutage(service) === null) continue
      const change = updateService(
        { detector, vantage, service, watched, vantageId: id, watch, settings },
        now,
        null,
      )
      if (change !== null) changes.push(change)
    }
  }
  for (const { outage } of changes) moved.add(outage.vantage)
  return { changes, suspicious: [], moved: [...moved] }
}

function stoodOnline({ detector, vantage, watch }: Place, measurement: JudgedMeasurement): boolean {
  if (healthOf(detector, measurement.vantage, watch) !== 'online') return false
  return watch.canaries.length === 0 || vantage.onlineAt === null || measurement.startedAt >= vantage.onlineAt
}

/** One service's outage is evidence about the others that are out on the same vantage. */
function updateOthers(context: ServiceContext, at: number): OutageChange[] {
  const { detector, vantage, vantageId, watch, settings } = context
  return watch.services.flatMap((watched) => {
    const service = vantage.services[watched.id]
    if (service === undefined || service === context.service || openOutage(service) === null) return []
    const other: ServiceContext = { detector, vantage, service, watched, vantageId, watch, settings }
    return updateService(other, at, null) ?? []
  })
}

/**
 * What to look at again soon: a service with an endpoint that has begun to fail, or to recover, and again while the doubt
 * lasts; from the country's other vantages too once it is more likely gone than not, since networks that agree settle the cause.
 */
function suspicions(
  context: ServiceContext,
  step: Step,
  before: number,
  after: number,
  measurement: JudgedMeasurement,
): Folded['suspicious'] {
  const { service, vantageId, watch, settings } = context
  const top = reachThreshold(settings)
  if (step === 'fine' || step === 'aside' || before === after) return []
  const begins = before === 0 || before === top
  const again =
    after > 0 && after < top && measurement.endedAt - (service.askedAt ?? 0) >= settings.suspectAgainMs
  const halfway = before < top / 2 && after >= top / 2
  if (begins || again) service.askedAt = measurement.endedAt
  const country = watch.vantages.find(({ id }) => id === vantageId)?.country
  const asked = halfway
    ? watch.vantages.filter((v) => v.id === vantageId || v.country === country)
    : begins || again
      ? [{ id: vantageId }]
      : []
  const inFull = measurement.verdict.reached === 'no' && measurement.verdict.layer === 'http'
  return asked.map(({ id }) => ({
    service: measurement.service,
    vantage: id,
    ...(inFull && { inFull }),
  }))
}
