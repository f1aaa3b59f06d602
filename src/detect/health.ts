/**
 * health: what the canaries say of a vantage, before anything it sees is believed.
 *
 *     international canaries answer                   online
 *     they do not, domestic ones do                   shutdown   (the outside world is gone, the country is not)
 *     neither, or none domestic is configured         offline
 *     mixed, not looked yet, or too early to say      unknown    (nothing that fails is believed meanwhile)
 *
 * One sweep that fails makes it `unknown` at once; `shutdown` and `offline` take `canaryLooks` looks in a row, which do not
 * overlap, at as many canaries as spoil the quorum. Being answered is believed at once. With no canary configured at all
 * a vantage counts as online: the operator has chosen to trust it.
 */
import type { CanaryMeasurement } from '../model/judged-measurement.ts'
import type { Outage, OutageChange } from '../model/outage.ts'
import type { CanaryGroup } from '../model/service.ts'
import type { Health } from '../model/vantage.ts'
import { openOutage } from './detector.ts'
import { changeCause, close, open, returns } from './outage.ts'
import type { DetectSettings, Watch } from './settings.ts'
import type { Detector, VantageState } from './state.ts'

/** What a group of canaries says. `doubtful`: down, but not for long enough to say so. */
type Group = 'up' | 'down' | 'doubtful' | 'unknown' | 'none'

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
  const { startedAt, endedAt } = measurement
  const answered = measurement.answered === 'yes'
  const sinceAt = last?.answered === answered ? last.sinceAt : endedAt
  if (answered)
    vantage.canaries[measurement.canary] = { answered, sinceAt, unanswered: 0, startedAt, endedAt }
  else if (last === undefined || last.answered || startedAt >= last.endedAt) {
    const unanswered = (last?.unanswered ?? 0) + 1
    vantage.canaries[measurement.canary] = { answered, sinceAt, unanswered, startedAt, endedAt }
  }
  if (measurement.group !== 'international') return
  if (answered) vantage.answeredAt = Math.max(vantage.answeredAt ?? startedAt, startedAt)
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
  const health = read(vantage, watch, settings)
  vantage.health = health
  if (health === 'online') {
    if (before !== 'online') vantage.onlineAt = at
    vantage.lostBeforeAt = null
  } else if (vantage.lostBeforeAt === null) {
    vantage.lostAfterAt = vantage.answeredAt
    vantage.lostBeforeAt = at
  }
  if (!watch.vantages.some((v) => v.id === id)) return null
  const change = changeOf(vantage, id, at, watch, settings)
  if (change !== null) vantage.outage = change.outage
  return change
}

function changeOf(
  vantage: VantageState,
  id: string,
  at: number,
  watch: Watch,
  settings: DetectSettings,
): OutageChange | null {
  const { health } = vantage
  const current = openOutage(vantage)
  if (health === 'online') return current && closing(current, vantage.unansweredAt, at)
  if (health === 'unknown') return null
  const reason = REASONS[health]
  if (current !== null) {
    if (current.cause === health || (health === 'shutdown' && !outlastsDomestic(vantage, watch))) return null
    return changeCause(current, health, null, reason, at)
  }
  const onset = { onsetAfterAt: vantage.lostAfterAt, onsetBeforeAt: vantage.lostBeforeAt ?? at }
  const last = returns(vantage.outage, onset.onsetBeforeAt, settings.reopenMs) ? vantage.outage : null
  const opening = {
    service: null,
    vantage: id,
    cause: health,
    mechanism: null,
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

/**
 * The outside world was looked for, in vain, after the country had answered again. When a line comes back the domestic
 * canaries answer a moment before the international ones; that moment is no shutdown.
 */
function outlastsDomestic({ canaries, unansweredAt }: VantageState, watch: Watch): boolean {
  return watch.canaries.some(({ id, group }) => {
    const said = canaries[id]
    return group === 'domestic' && said?.answered === true && (unansweredAt ?? 0) > said.sinceAt
  })
}

const REASONS = {
  shutdown: 'The international canaries do not answer, the domestic ones do.',
  offline: 'Neither the international canaries nor any domestic one answers.',
}

function read(vantage: VantageState, watch: Watch, settings: DetectSettings): Health {
  const domestic = group(vantage, 'domestic', settings.domesticQuorum, watch, settings)
  const international = group(vantage, 'international', settings.internationalQuorum, watch, settings)
  const outside = international === 'none' ? domestic : international
  if (outside === 'up') return 'online'
  if (outside !== 'down') return 'unknown'
  if (domestic === 'up') return 'shutdown'
  return domestic === 'down' || domestic === 'none' ? 'offline' : 'unknown'
}

function group(
  vantage: VantageState,
  which: CanaryGroup,
  quorum: number,
  watch: Watch,
  settings: DetectSettings,
): Group {
  let all = 0
  let answered = 0
  let failed = 0
  let surely = 0
  for (const canary of watch.canaries) {
    if (canary.group !== which) continue
    all += 1
    const said = vantage.canaries[canary.id]
    if (said === undefined) continue
    if (said.answered) answered += 1
    else failed += 1
    if (said.unanswered >= settings.canaryLooks) surely += 1
  }
  if (all === 0) return 'none'
  const needed = Math.min(quorum, all)
  if (answered >= needed) return 'up'
  if (all - surely < needed) return 'down'
  return all - failed < needed ? 'doubtful' : 'unknown'
}
