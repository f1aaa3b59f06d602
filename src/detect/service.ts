/**
 * service: the state of a service from its endpoints, and the life of its outage.
 *
 * A service is out while any of its primary endpoints is: that is what primary means. Assets and media that are gone never open an
 * outage and say nothing about its cause; when only they are gone the status says `partial`. Bytes that are throttled do, whosever
 * they are (throttled.ts).
 */
import type { Look } from '../model/look.ts'
import type { Outage, OutageChange } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'
import { agreementOf } from './agreement.ts'
import { provedMechanism } from './diagnosis.ts'
import { decideCause, likeliestMechanism, newCase, noteFailed, noteFine } from './cause.ts'
import { openOutage } from './detector.ts'
import { changeCause, close, closeUnwatched, explain, open, returns, withEvidence } from './outage.ts'
import { leakNats } from './leak.ts'
import { strayChanceOf, type Step } from './reach.ts'
import type { Scene } from './scene.ts'
import type { Case, EndpointState } from './state.ts'
import { slowOnes, throttle, unthrottle } from './throttled.ts'
import { outNats, roundOf, type DetectSettings } from './settings.ts'

/** States of the primary endpoints that are watched and were looked at. */
export function primaries({ vantage, watched }: Pick<Scene, 'vantage' | 'watched'>): EndpointState[] {
  return watched.endpoints.flatMap(({ id, role }) => {
    const state = vantage.endpoints[id]
    return role === 'primary' && state !== undefined ? [state] : []
  })
}

/** Adds a look at a primary endpoint to the case about the cause, in place. */
export function noteLook(scene: Scene, look: Look, step: Step): void {
  const { service, watch, settings } = scene
  if (step === 'failing') {
    const gapMs = roundOf(watch, look.service, look.vantage) * settings.gapRounds
    // One front serves every endpoint: what was seen at one is to be expected at the others.
    const stray = Math.max(...primaries(scene).map((state) => strayChanceOf(state, look, settings)))
    noteFailed((service.case ??= newCase()), look, gapMs, settings, stray)
  } else if (service.case !== null && step !== 'aside') {
    noteFine(service.case, look, step === 'recovering', settings)
  }
  if (service.case !== null)
    service.case.leak = Math.max(
      0,
      ...primaries(scene).map(({ leak }) => leakNats(leak, look.endedAt, settings)),
    )
}

/**
 * Opens, changes or closes the outage as the endpoints and the case now stand, in place.
 *
 * @param look what brought it about; `null` when it was something else: another service, or time
 */
export function settleService(scene: Scene, at: number, look: Look | null): OutageChange | null {
  const { service } = scene
  const states = primaries(scene)
  poolDoubts(states, at, scene.settings)
  const out = states.filter((state) => state.out)
  const current = openOutage(service)
  let change: OutageChange | null = null
  const slow = out.length === 0 ? slowOnes(scene) : []
  if (slow.length > 0) change = throttle(scene, current, slow, at)
  else if (out.length === 0) {
    if (current !== null) change = closing(scene, current, at, look)
  } else if (service.case !== null) {
    change =
      current === null
        ? opening(scene, service.case, out[0]!, at)
        : revision(scene, service.case, { outage: current, out }, at, look)
  }
  if (change !== null) service.outage = change.outage
  if (out.length === 0 && states.every(({ score }) => score === 0)) service.case = null
  return change
}

/** All primary endpoints in doubt together: what is said against each is said against the service, and one sum decides. */
function poolDoubts(states: readonly EndpointState[], at: number, settings: DetectSettings): void {
  if (states.some(({ out, score }) => out || score === 0)) return
  if (states.reduce((sum, { score }) => sum + score, 0) < outNats(settings)) return
  for (const state of states) Object.assign(state, { out: true, outAt: at })
}

function opening(scene: Scene, about: Case, first: EndpointState, at: number): OutageChange {
  const { detector, service, vantageId, watched, watch, settings } = scene
  const onset = {
    service: watched.id,
    vantage: vantageId,
    ...onsetOf(first, service.outage?.endBeforeAt ?? null, at, settings),
  }
  const last = returns(service.outage, onset.onsetBeforeAt, settings.reopenMs) ? service.outage : null
  const agreement = agreementOf(detector, onset, watch, settings)
  const decided = decideCause(about, last?.cause ?? null, agreement, settings)
  const mechanism = likeliestMechanism(about, settings)
  return open(last, { ...onset, ...decided, mechanism, evidence: about.evidence }, at)
}

/** So many looks spared between others that were hit are no accident. */
const LEAKS = 3

/**
 * Where a leaky censor was found it began with the first look that was hit, however many were spared since; but not before the end
 * of an outage that was over meanwhile.
 */
function onsetOf(
  { score, leak, fineAt, firstFailedAt }: EndpointState,
  overAt: number | null,
  at: number,
  settings: DetectSettings,
): Pick<Outage, 'onsetAfterAt' | 'onsetBeforeAt'> {
  const leaks = (leak.holds && score < outNats(settings)) || leak.spared >= LEAKS
  return leaks && (leak.failedAt ?? at) > (overAt ?? -Infinity)
    ? { onsetAfterAt: leak.fineAt, onsetBeforeAt: leak.failedAt ?? at }
    : { onsetAfterAt: fineAt, onsetBeforeAt: firstFailedAt ?? at }
}

function revision(
  scene: Scene,
  about: Case,
  { outage, out }: { readonly outage: Outage; readonly out: readonly EndpointState[] },
  at: number,
  look: Look | null,
): OutageChange | null {
  const { detector, watch, settings } = scene
  const agreement = outage.cause === 'blocked' ? ALONE : agreementOf(detector, outage, watch, settings)
  const { cause, reason } = decideCause(about, outage.cause, agreement, settings)
  const mechanism = correctedMechanism(about, outage, out, settings)
  const proved = about.diagnosed?.mechanism === mechanism ? about.diagnosed.reason : null
  if (cause === outage.cause && mechanism === outage.mechanism) {
    const isNew = proved !== null && cause === 'blocked' && proved !== outage.causes.at(-1)?.reason
    return isNew && look !== null ? explain(outage, proved, look.id, at) : null
  }
  const because = cause === outage.cause ? (proved ?? 'It now fails in another way.') : reason
  const changed = changeCause(outage, cause, mechanism, because, at)
  return look === null ? changed : { ...changed, outage: withEvidence(changed.outage, [look.id]) }
}

/** Without a look it ends because nothing that is still watched is out; then it is not known to be fine before it is seen to be. */
function closing(scene: Scene, outage: Outage, at: number, look: Look | null): OutageChange {
  if (look === null) {
    scene.service.fineSinceAt = null
    return closeUnwatched(outage, scene.service.lastLookAt, at)
  }
  if (look.rates !== undefined) return unthrottle(scene, outage, look, at)
  const endpoint = scene.vantage.endpoints[look.endpoint]
  const endAfterAt = Math.max(endpoint?.failedAt ?? 0, outage.onsetBeforeAt)
  const endBeforeAt = Math.max(endpoint?.firstFineAt ?? at, endAfterAt)
  scene.service.fineSinceAt = endBeforeAt
  return close(outage, endAfterAt, endBeforeAt, at)
}

/** Another mechanism, once every look of late names it and no endpoint that is out still fails the old way. */
function correctedMechanism(
  about: Case,
  { cause, mechanism }: Outage,
  out: readonly EndpointState[],
  settings: DetectSettings,
): Mechanism | null {
  const { lately } = about
  // It was slow, and now it is gone: by whatever means that is.
  if (cause === 'throttled') return likeliestMechanism(about, settings)
  const proved = provedMechanism(about, settings)
  if (proved !== null) return proved
  if (lately === null || lately.looks < settings.mechanismLooks) return mechanism
  return out.some((state) => state.mechanism === mechanism) ? mechanism : lately.mechanism
}

const ALONE = { nats: 0, with: [] }
