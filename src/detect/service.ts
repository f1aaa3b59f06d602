/**
 * service: the state of a service from its endpoints, and the life of its outage.
 *
 * A service is out while any of its primary endpoints is: that is what primary means. Assets and media that are gone never open an
 * outage and say nothing about its cause; when only they are gone the status says `partial`. Bytes that are throttled do, whosever
 * they are (throttled.ts).
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { Outage, OutageChange } from '../model/outage.ts'
import { agreementOf } from './agreement.ts'
import { type Allowed, decideCause, noteFailed, noteFine } from './cause.ts'
import { openOutage } from './detector.ts'
import { changeCause, close, closeUnwatched, explain, open, returns, withEvidence } from './outage.ts'
import { intermittentNats } from './intermittent-block.ts'
import { backgroundFailureRateOf, type Step } from './reach.ts'
import type { ServiceContext } from './context.ts'
import { correctedMechanism, likeliestMechanism } from './mechanism.ts'
import { newCauseEvidence } from './new-state.ts'
import type { CauseEvidence, EndpointState } from './state.ts'
import { allowedBeside, shareOf, straysBeside } from './strays.ts'
import { slowOnes, throttle, unthrottle } from './throttled.ts'
import { reachThreshold, roundOf, type DetectSettings } from './settings.ts'

/** States of the primary endpoints that are watched and were looked at. */
export function primaries({
  vantage,
  watched,
}: Pick<ServiceContext, 'vantage' | 'watched'>): EndpointState[] {
  return watched.endpoints.flatMap(({ id, role }) => {
    const state = vantage.endpoints[id]
    return role === 'primary' && state !== undefined ? [state] : []
  })
}

/** Adds a probe of a primary endpoint to the case about the cause, in place. */
export function noteMeasurement(context: ServiceContext, measurement: JudgedMeasurement, step: Step): void {
  const { service, watch, settings } = context
  if (step === 'failing') {
    const gapMs = roundOf(watch, measurement.service, measurement.vantage) * settings.gapRounds
    noteFailed(
      (service.case ??= newCauseEvidence()),
      measurement,
      gapMs,
      settings,
      ownStrays(context, measurement),
    )
  } else if (service.case !== null && step !== 'aside') {
    noteFine(service.case, measurement, step === 'recovering', settings)
  }
  if (service.case === null) return
  const leaks = primaries(context).map(({ leak }) => leak)
  service.case.leak = Math.max(
    0,
    ...leaks.map((leak) => intermittentNats(leak, measurement.endedAt, settings)),
  )
  service.case.spared = Math.max(0, ...leaks.map(({ spared }) => spared))
}

/** How often looks at the service fail so by themselves. What goes astray everywhere is weighed against all else, and not here again. */
function ownStrays(context: ServiceContext, measurement: JudgedMeasurement): number {
  const { vantage, watched, watch, settings } = context
  // One front serves every endpoint: what was seen at one is to be expected at the others.
  const own = Math.max(
    ...primaries(context).map((state) => backgroundFailureRateOf(state, measurement, settings)),
  )
  const elsewhere = shareOf(straysBeside(vantage, watched.id, measurement.endedAt, watch, settings), settings)
  return elsewhere * OWN_FACTOR > own ? 0 : own
}

/** Where so many times as many looks fail at one service as at all else, it is the service's own. */
const OWN_FACTOR = 3

/**
 * Opens, changes or closes the outage as the endpoints and the case now stand, in place.
 *
 * @param measurement what brought it about; `null` when it was something else: another service, or time
 */
export function updateService(
  context: ServiceContext,
  at: number,
  measurement: JudgedMeasurement | null,
): OutageChange | null {
  const { service } = context
  const states = primaries(context)
  poolDoubts(states, at, context.settings)
  const out = states.filter((state) => state.out)
  const current = openOutage(service)
  let change: OutageChange | null = null
  const slow = out.length === 0 ? slowOnes(context) : []
  if (slow.length > 0) change = throttle(context, current, slow, at)
  else if (out.length === 0) {
    if (current !== null) change = closing(context, current, at, measurement)
  } else if (service.case !== null) {
    change =
      current === null
        ? opening(context, service.case, out[0]!, at)
        : revision(context, service.case, { outage: current, out }, at, measurement)
  }
  if (change !== null) service.outage = change.outage
  if (out.length === 0 && states.every(({ score }) => score === 0)) service.case = null
  return change
}

/** All primary endpoints in doubt together: what is said against each is said against the service, and one sum decides. */
function poolDoubts(states: readonly EndpointState[], at: number, settings: DetectSettings): void {
  if (states.some(({ out, score }) => out || score === 0)) return
  if (states.reduce((sum, { score }) => sum + score, 0) < reachThreshold(settings)) return
  for (const state of states) Object.assign(state, { out: true, outAt: at })
}

function opening(
  context: ServiceContext,
  causeEvidence: CauseEvidence,
  first: EndpointState,
  at: number,
): OutageChange {
  const { detector, service, vantageId, watched, watch, settings } = context
  const onset = {
    service: watched.id,
    vantage: vantageId,
    ...onsetOf(first, service.outage?.endBeforeAt ?? null, at, settings),
  }
  const last = returns(service.outage, onset.onsetBeforeAt, settings.reopenMs) ? service.outage : null
  const agreement = agreementOf(detector, onset, watch, settings)
  const decided = decideCause(
    causeEvidence,
    last?.cause ?? null,
    agreement,
    settings,
    allowed(context, causeEvidence, at),
  )
  const mechanism = likeliestMechanism(causeEvidence, settings)
  return open(last, { ...onset, ...decided, mechanism, evidence: causeEvidence.evidence }, at)
}

/** So many measurements spared between others that were hit are no accident. */
const LEAST_SPARED = 3

/**
 * Where a leaky censor was found it began with the first measurement that was hit, however many were spared since; but not before the end
 * of an outage that was over meanwhile.
 */
function onsetOf(
  { score, leak: intermittent, fineAt, firstFailedAt }: EndpointState,
  overAt: number | null,
  at: number,
  settings: DetectSettings,
): Pick<Outage, 'onsetAfterAt' | 'onsetBeforeAt'> {
  const isIntermittent =
    (intermittent.holds && score < reachThreshold(settings)) || intermittent.spared >= LEAST_SPARED
  return isIntermittent && (intermittent.failedAt ?? at) > (overAt ?? -Infinity)
    ? { onsetAfterAt: intermittent.fineAt, onsetBeforeAt: intermittent.failedAt ?? at }
    : { onsetAfterAt: fineAt, onsetBeforeAt: firstFailedAt ?? at }
}

function revision(
  context: ServiceContext,
  causeEvidence: CauseEvidence,
  { outage, out }: { readonly outage: Outage; readonly out: readonly EndpointState[] },
  at: number,
  measurement: JudgedMeasurement | null,
): OutageChange | null {
  const { detector, watch, settings } = context
  const agreement = outage.cause === 'blocked' ? ALONE : agreementOf(detector, outage, watch, settings)
  const beside = outage.cause === 'blocked' ? groundOf(context, at) : allowed(context, causeEvidence, at)
  const { cause, reason } = decideCause(causeEvidence, outage.cause, agreement, settings, beside)
  const mechanism = correctedMechanism(causeEvidence, outage, out, settings)
  const proved = causeEvidence.diagnosed?.mechanism === mechanism ? causeEvidence.diagnosed.reason : null
  if (cause === outage.cause && mechanism === outage.mechanism) {
    const isNew = proved !== null && cause === 'blocked' && proved !== outage.causes.at(-1)?.reason
    return isNew && measurement !== null ? explain(outage, proved, measurement.id, at) : null
  }
  const because = cause === outage.cause ? (proved ?? 'It now fails in another way.') : reason
  const changed = changeCause(outage, cause, mechanism, because, at)
  return measurement === null
    ? changed
    : { ...changed, outage: withEvidence(changed.outage, [measurement.id]) }
}

/** Without a measurement it ends because nothing that is still watched is out; then it is not known to be fine before it is seen to be. */
function closing(
  context: ServiceContext,
  outage: Outage,
  at: number,
  measurement: JudgedMeasurement | null,
): OutageChange {
  if (measurement === null) {
    context.service.fineSinceAt = null
    return closeUnwatched(outage, context.service.lastLookAt, at)
  }
  if (measurement.rates !== undefined) return unthrottle(context, outage, measurement, at)
  const endpoint = context.vantage.endpoints[measurement.endpoint]
  const endAfterAt = Math.max(endpoint?.failedAt ?? 0, outage.onsetBeforeAt)
  const endBeforeAt = Math.max(endpoint?.firstFineAt ?? at, endAfterAt)
  context.service.fineSinceAt = endBeforeAt
  return close(outage, endAfterAt, endBeforeAt, at)
}

function allowed(context: ServiceContext, causeEvidence: CauseEvidence, at: number): Allowed {
  const { vantage, watched, watch, settings } = context
  const strays = straysBeside(vantage, watched.id, at, watch, settings)
  return {
    ...groundOf(context, at),
    ...allowedBeside(causeEvidence, strays, watch.services.length, settings),
  }
}

/** The same without strays: what was enough once is not weighed against them again. */
function groundOf({ vantage: { groundlessAt }, settings }: ServiceContext, at: number): Allowed {
  const groundless = groundlessAt !== null && at - groundlessAt < settings.groundlessMs
  return { mostNats: Infinity, downLooks: settings.downLooks, groundless }
}

const ALONE = { nats: 0, with: [] }
