/**
 * fold: looks in, changes out. The only way into detect/.
 *
 *     canary look ─► health ───────────────┐
 *     look ─► reach, per endpoint ─► case ─┼► outage of the service ─► changes, and what to look at again
 *     look that timed bytes ─► speed ──────┤
 *     diagnosis ─► case ───────────────────┘
 *     look in full ─► quic, beside all that
 *
 * Each function advances the detector in place and is deterministic: the same looks in the same order give the same
 * outages. A look or a canary changes the part of its own vantage only; a tick may change any.
 */
import type { CanaryLook, Folded, Look } from '../model/look.ts'
import type { OutageChange } from '../model/outage.ts'
import { failsAlone } from './alone.ts'
import { openOutage, serviceState, vantageState } from './detector.ts'
import { noteDiagnosis } from './diagnosis.ts'
import { forgetFuture } from './forget-future.ts'
import { forgetCanaries, healthOf, noteCanary, settleHealth } from './health.ts'
import { burstChance, noteCanaryLook, noteFineLook } from './line.ts'
import { foldQuic } from './quic.ts'
import { endpointState, foldReach, type Step } from './reach.ts'
import type { Place, Scene } from './scene.ts'
import { noteLook, primaries, settleService } from './service.ts'
import { canaryRoundOf, outNats, type DetectSettings, type Watch } from './settings.ts'
import { foldSpeed, speedState, type SpeedStep } from './speed.ts'
import type { Detector, SpeedState } from './state.ts'
import { forgetOldSpeeds } from './throttled.ts'
import { leaveUnwatched } from './unwatched.ts'

/** How often at most bytes are timed again for one doubt. */
const TIMED_AGAIN_MAX = 6

/** Nothing happened. */
const NOTHING: Folded = { changes: [], suspicious: [] }

/**
 * Folds one judged look.
 *
 * Nothing moves when it cannot say, when it is of something no longer watched, or when it failed while the vantage was not
 * known to be online from its beginning to its end.
 */
export function foldLook(detector: Detector, look: Look, watch: Watch, settings: DetectSettings): Folded {
  const watched = watch.services.find(({ id }) => id === look.service)
  if (watched === undefined || !says(look)) return NOTHING
  if (!watched.endpoints.some(({ id }) => id === look.endpoint)) return NOTHING
  if (!watch.vantages.some(({ id }) => id === look.vantage)) return NOTHING

  const vantage = vantageState(detector, look.vantage)
  foldQuic(vantage, look, settings)
  const place: Place = { detector, vantage, watched, vantageId: look.vantage, watch, settings }
  if (look.plan === 'throughput') return foldTransfer(place, look)
  return look.plan === 'diagnose' ? foldDiagnosis(place, look) : foldReached(place, look)
}

function says({ plan, verdict, rates }: Look): boolean {
  if (plan === 'diagnose') return true
  return plan === 'throughput' ? rates !== undefined : verdict.reached !== 'unknown'
}

/** A heartbeat or a full look: it could be reached, or not. */
function foldReached(place: Place, look: Look): Folded {
  const { vantage, watch, settings } = place
  const { reached } = look.verdict
  if (reached === 'no' && !stoodOnline(place, look)) return NOTHING
  const service = serviceState(vantage, look.service)
  const endpoint = endpointState(vantage, look.endpoint, look.startedAt)
  const before = endpoint.score
  const alone = reached === 'no' && failsAlone(vantage, look.service, watch)
  if (reached === 'yes') noteFineLook(vantage.line, look)
  const burst = reached === 'no' && !endpoint.out ? burstChance(vantage.line, look, settings) : 0
  const step = foldReach(endpoint, look, settings, alone, burst)
  const primary = look.role === 'primary'
  if (primary) {
    service.lastLookAt = Math.max(service.lastLookAt ?? look.endedAt, look.endedAt)
    if (reached === 'yes') service.fineSinceAt ??= look.endedAt
  }
  if (step === 'fine' && service.case === null) return NOTHING

  const scene: Scene = { ...place, service }
  const changes: OutageChange[] = []
  if (primary) {
    noteLook(scene, look, step)
    const change = settleService(scene, look.endedAt, look)
    if (change !== null) changes.push(change, ...settleOthers(scene, look.endedAt))
  }
  return { changes, suspicious: suspicions(scene, step, before, endpoint.score, look) }
}

/** A diagnosis speaks about an outage that is open, and about nothing else. */
function foldDiagnosis(place: Place, look: Look): Folded {
  const service = place.vantage.services[look.service]
  if (service === undefined || service.case === null || openOutage(service) === null) return NOTHING
  const scene: Scene = { ...place, service }
  if (!primaries(scene).some(({ out }) => out)) return NOTHING
  if (!noteDiagnosis(service.case, look, place.settings)) return NOTHING
  const change = settleService(scene, look.endedAt, look)
  return { changes: change === null ? [] : [change, ...settleOthers(scene, look.endedAt)], suspicious: [] }
}

/** A look that timed bytes. What is slow counts only while the vantage is known to be online. */
function foldTransfer(place: Place, look: Look): Folded {
  if (!stoodOnline(place, look)) return NOTHING
  const { vantage, settings } = place
  const service = serviceState(vantage, look.service)
  const state = speedState(vantage, look.endpoint)
  const was = state.slow
  const step = foldSpeed(state, look, settings)
  const change = was === state.slow ? null : settleService({ ...place, service }, look.endedAt, look)
  return { changes: change === null ? [] : [change], suspicious: timeAgain(state, step, look, settings) }
}

/** Times bytes again soon while it is open whether they are slow, or well again; after some tries the rounds must do. */
function timeAgain(
  state: SpeedState,
  step: SpeedStep,
  { service, vantage, endpoint }: Look,
  settings: DetectSettings,
): Folded['suspicious'] {
  const open = state.score > 0 && (!state.slow || state.score < outNats(settings))
  if (!open) state.asked = 0
  if (!open || step === 'unsaid' || state.asked >= TIMED_AGAIN_MAX) return []
  const again = state.asked
  state.asked += 1
  return [{ service, vantage, slow: { endpoint, again } }]
}

/** Folds what one canary said of its vantage. */
export function foldCanary(
  detector: Detector,
  look: CanaryLook,
  watch: Watch,
  settings: DetectSettings,
): Folded {
  if (look.answered === 'unknown' || !watch.canaries.some(({ id }) => id === look.canary)) return NOTHING
  const vantage = vantageState(detector, look.vantage)
  const asEver = vantage.health === 'online' && vantage.canaries[look.canary]?.answered === true
  noteCanary(vantage, look)
  noteCanaryLook(vantage.line, look)
  if (asEver && look.answered === 'yes') return NOTHING
  const change = settleHealth(vantage, look.vantage, look.endedAt, watch, settings)
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
      const change = settleHealth(vantage, id, now, watch, settings)
      if (change !== null) changes.push(change)
    }
    if (!watch.vantages.some((v) => v.id === id)) continue
    if (forgetOldSpeeds(vantage.speeds, now, settings.speedStaleMs)) moved.add(id)
    for (const watched of watch.services) {
      const service = vantage.services[watched.id]
      if (service === undefined || openOutage(service) === null) continue
      const change = settleService(
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

function stoodOnline({ detector, vantage, watch }: Place, look: Look): boolean {
  if (healthOf(detector, look.vantage, watch) !== 'online') return false
  return watch.canaries.length === 0 || vantage.onlineAt === null || look.startedAt >= vantage.onlineAt
}

/** One service's outage is evidence about the others that are out on the same vantage. */
function settleOthers(scene: Scene, at: number): OutageChange[] {
  const { detector, vantage, vantageId, watch, settings } = scene
  return watch.services.flatMap((watched) => {
    const service = vantage.services[watched.id]
    if (service === undefined || service === scene.service || openOutage(service) === null) return []
    const other: Scene = { detector, vantage, service, watched, vantageId, watch, settings }
    return settleService(other, at, null) ?? []
  })
}

/**
 * What to look at again soon: a service with an endpoint that has begun to fail, or to recover, and again while the doubt
 * lasts; from the country's other vantages too once it is more likely gone than not, since networks that agree settle the cause.
 */
function suspicions(
  scene: Scene,
  step: Step,
  before: number,
  after: number,
  look: Look,
): Folded['suspicious'] {
  const { service, vantageId, watch, settings } = scene
  const top = outNats(settings)
  if (step === 'fine' || step === 'aside' || before === after) return []
  const begins = before === 0 || before === top
  const again = after > 0 && after < top && look.endedAt - (service.askedAt ?? 0) >= settings.suspectAgainMs
  const halfway = before < top / 2 && after >= top / 2
  if (begins || again) service.askedAt = look.endedAt
  const country = watch.vantages.find(({ id }) => id === vantageId)?.country
  const asked = halfway
    ? watch.vantages.filter((v) => v.id === vantageId || v.country === country)
    : begins || again
      ? [{ id: vantageId }]
      : []
  return asked.map(({ id }) => ({ service: look.service, vantage: id }))
}
