/**
 * agreement: other services of the vantage, or the same service from other networks of the country, that went together.
 *
 * A fault on the path to one service hits that service from that network. That a second one begins within w ms by chance has
 * probability w × (faults per ms among all that is compared); that a block takes several together is likely. Each companion
 * adds the log of the ratio: much for seconds, little for minutes, nothing beyond `togetherWithinMs`. w spans both onset intervals,
 * the doubt being ours. What was down for everyone when it went has failed together by itself, and says nothing.
 *
 * Services of one vantage share its line, and a burst of loss takes whatever is on it: their silence counts once one of them has
 * outlasted such a burst.
 */
import type { Outage } from '../model/outage.ts'
import { type Agreement, isWhole, lastedMs } from './cause.ts'
import { openOutage } from './detector.ts'
import { roundOf, type DetectSettings, type Watch } from './settings.ts'
import type { CauseEvidence, Detector } from './state.ts'

/** Onsets are never known better than this. */
const LEAST_SPAN_MS = 1000

/** Whose onset, and when. */
type Onset = Pick<Outage, 'service' | 'vantage' | 'onsetAfterAt' | 'onsetBeforeAt'> &
  Partial<Pick<Outage, 'causes'>>

/** What went together with an outage of one service from one vantage, and still is gone. */
export function agreementOf(
  detector: Detector,
  outage: Onset,
  watch: Watch,
  settings: DetectSettings,
): Agreement {
  const country = watch.vantages.find(({ id }) => id === outage.vantage)?.country
  const networks = watch.vantages.filter((v) => v.country === country && v.id !== outage.vantage)
  const faultsPerMs = (1 + networks.length / Math.max(1, watch.services.length)) / settings.faultEveryMs
  const mine = detector.vantages[outage.vantage]?.services[outage.service!]?.case ?? null
  if (wasDown(outage) || (mine !== null && isSpared(mine, outage))) return { nats: 0, with: [] }
  let nats = 0
  const companions: string[] = []

  const compare = (vantage: string, service: string, name: string): void => {
    const state = detector.vantages[vantage]?.services[service]
    const other = openOutage(state)
    if (!state?.case || other === null || !isWhole(state.case)) return
    if (wasDown(other) || isSpared(state.case, other)) return
    if (vantage === outage.vantage && ![mine, state.case].some((one) => outlastsBurst(one, settings))) return
    const apartMs = Math.max(LEAST_SPAN_MS, spanMs(outage, other, watch))
    if (apartMs > settings.togetherWithinMs) return
    const chance = apartMs * faultsPerMs
    const gain = Math.log(settings.togetherChance / chance)
    if (gain <= 0) return
    nats += gain
    companions.push(name)
  }
  for (const { id } of watch.services) if (id !== outage.service) compare(outage.vantage, id, id)
  for (const { id } of networks) compare(id, outage.service!, id)
  return { nats, with: companions }
}

/** It went from everybody at once, so that it went from two networks together says nothing. */
function wasDown({ causes = [] }: Onset): boolean {
  return causes.some(({ cause }) => cause === 'down')
}

/** Some looks were fine since it began. What is hit by turns is out by turns as well, and any two are together now and then. */
function isSpared({ fineAt }: CauseEvidence, { onsetBeforeAt }: Onset): boolean {
  return fineAt !== null && fineAt >= onsetBeforeAt
}

function outlastsBurst(causeEvidence: CauseEvidence | null, { togetherAfterMs }: DetectSettings): boolean {
  return causeEvidence !== null && (causeEvidence.strong > 0 || lastedMs(causeEvidence) >= togetherAfterMs)
}

/** The least stretch of time that holds both onsets for certain. */
function spanMs(onset: Onset, other: Onset, watch: Watch): number {
  const from = (o: Onset): number => o.onsetAfterAt ?? o.onsetBeforeAt - roundOf(watch, o.service!, o.vantage)
  return Math.max(onset.onsetBeforeAt, other.onsetBeforeAt) - Math.min(from(onset), from(other))
}
