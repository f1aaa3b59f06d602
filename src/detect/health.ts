/**
 * health: what the canaries say of a vantage, before anything it sees is believed.
 *
 *     international canaries answer                          online
 *     they do not, domestic ones do                          shutdown   (the outside world is gone, the country is not)
 *     neither, or none domestic is configured                offline
 *     the line is up, and most fail alike                    that trouble: no_names, no_https, no_ipv4, intercepted, slow
 *     they fail alike abroad, and domestic ones do not       shutdown, of names or of HTTPS
 *     mixed, not looked yet, or too early to say             unknown    (nothing that fails is believed meanwhile)
 *
 * One sweep that fails makes it `unknown` at once; `shutdown` and `offline` take `canaryLooks` looks in a row, which do not
 * overlap, at as many canaries as spoil the quorum. Being answered is believed at once. With no canary configured at all
 * a vantage counts as online: the operator has chosen to trust it.
 */
import type { CanaryMeasurement } from '../model/judged-measurement.ts'
import type { Outage, OutageChange } from '../model/outage.ts'
import type { Health } from '../model/vantage.ts'
import type { Mechanism } from '../model/verdict.ts'
import { readCanaries } from './canaries.ts'
import { openOutage } from './detector.ts'
import { changeCause, close, open, returns } from './outage.ts'
import type { DetectSettings, Watch } from './settings.ts'
import type { Detector, VantageState } from './state.ts'

/** Health of one vantage, probe or control. */
export function healthOf(detector: Detector, vantage: string, watch: Watch): Health {
  if (watch.canaries.length === 0) return 'online'
  return detector.vantages[vantage]?.health ?? 'unknown'
}

/** Remembers what one canary said, in place. A look that began before the one remembered tells of the past. */
export function noteCanary(vantage: VantageState, measurement: CanaryMeasurement): void {
  const last = vantage.canaries[measurement.canary]
  if (measurement.answered === 'unknown' || (last !== undefined && measurement.startedAt < last.startedAt))
    return
  const { startedAt, endedAt, answered, sawHttp } = measurement
  const isFine = answered === 'yes'
  // It answers for the steps it took and no others.
  if (isFine && last?.needsHttp === true && !sawHttp) return
  const sinceAt = last !== undefined && (last.answered === 'yes') === isFine ? last.sinceAt : endedAt
  const known = { answered, sinceAt, startedAt, endedAt, proven: isFine || (last?.proven ?? false) }
  if (isFine) vantage.canaries[measurement.canary] = { ...known, unanswered: 0, needsHttp: false }
  else if (last === undefined || last.answered === 'yes' || startedAt >= last.endedAt) {
    const unanswered = (last?.unanswered ?? 0) + 1
    // Once proved to be blocked it is, until it answers again.
    const isBlocked = last?.answered === 'blocked'
    vantage.canaries[measurement.canary] = {
      ...known,
      answered: isBlocked ? 'blocked' : answered,
      unanswered,
      needsHttp: sawHttp && answered !== 'blocked',
    }
  }
  if (measurement.group !== 'international') return
  if (isFine) vantage.answeredAt = Math.max(vantage.answeredAt ?? startedAt, startedAt)
  else vantage.unansweredAt = Math.max(vantage.unansweredAt ?? startedAt, startedAt)
}

/** Forgets canaries not looked at for a while: what they said no longer holds. @returns whether any was forgotten */
export function forgetCanaries(vantage: VantageState, beforeAt: number): boolean {
  const stale = Object.keys(vantage.canaries).filter((id) => vantage.canaries[id]!.endedAt < beforeAt)
  for (const id of stale) delete vantage.canaries[id]
  return stale.length > 0
}

/**
 * Draws the vantage's health from its canaries, in place, and opens, changes or closes its own outage.
 *
 * @param at end of the measurement that may have changed it
 */
export function updateHealth(
  vantage: VantageState,
  id: string,
  at: number,
  watch: Watch,
  settings: DetectSettings,
): OutageChange | null {
  const before = vantage.health
  const { health, mechanism } = readCanaries(vantage, watch, settings)
  vantage.health = health
  if (health === 'online') {
    if (before !== 'online') vantage.onlineAt = at
    vantage.lostBeforeAt = null
  } else if (vantage.lostBeforeAt === null) {
    vantage.lostAfterAt = vantage.answeredAt
    vantage.lostBeforeAt = at
  }
  if (!watch.vantages.some((v) => v.id === id)) return null
  const change = changeOf({ vantage, id, settings, mechanism }, at)
  if (change !== null) vantage.outage = change.outage
  return change
}

interface Subject {
  readonly vantage: VantageState
  readonly id: string
  readonly settings: DetectSettings
  readonly mechanism: Mechanism | null
}

function changeOf({ vantage, id, settings, mechanism }: Subject, at: number): OutageChange | null {
  const { health } = vantage
  const current = openOutage(vantage)
  if (health === 'online') return current && closing(current, vantage.unansweredAt, at)
  if (health === 'unknown') return null
  const reason = reasonOf(health, mechanism)
  if (current !== null) {
    if (current.cause === health && current.mechanism === mechanism) return null
    return changeCause(current, health, mechanism, reason, at)
  }
  const onset = { onsetAfterAt: vantage.lostAfterAt, onsetBeforeAt: vantage.lostBeforeAt ?? at }
  const last = returns(vantage.outage, onset.onsetBeforeAt, settings.reopenMs) ? vantage.outage : null
  const opening = {
    service: null,
    vantage: id,
    cause: health,
    mechanism,
    reason,
    evidence: [],
    ...onset,
  }
  return open(last, opening, at)
}

function closing(outage: Outage, unansweredAt: number | null, at: number): OutageChange {
  const endAfterAt = Math.max(unansweredAt ?? 0, outage.onsetBeforeAt)
  return close(outage, Math.min(endAfterAt, at), at, at)
}

const REASONS: Readonly<Record<Exclude<Health, 'online' | 'unknown'>, string>> = {
  shutdown: 'The international canaries do not answer, the domestic ones do.',
  offline: 'Neither the international canaries nor any domestic one answers.',
  no_names: 'The line is up, and its resolver answers for no name.',
  no_https: 'The line is up, and no canary can be reached over HTTPS: port 443 or large packets do not pass.',
  no_ipv4: 'The canaries can be reached over IPv6 only: IPv4 does not pass.',
  intercepted: 'Every canary shows a certificate that is not its own: something on the line intercepts TLS.',
  slow: 'The canaries answer too slowly for anything to be timed: the line itself is slow.',
}

const PARTLY: Partial<Record<Mechanism, string>> = {
  'shutdown.dns': 'No name from abroad can be looked up, names of the country can.',
  'shutdown.https': 'No canary abroad can be reached over HTTPS, though the line is up; domestic ones can.',
}

function reasonOf(health: Exclude<Health, 'online' | 'unknown'>, mechanism: Mechanism | null): string {
  return (mechanism === null ? undefined : PARTLY[mechanism]) ?? REASONS[health]
}
