/**
 * agreement: other services of the vantage, or the same service from other networks of the country, that went together.
 *
 * A fault on the path to one service hits that service from that network. That a second one begins within w ms by chance has
 * probability w × (faults per ms among all that is compared); that a block takes several together is likely. Each companion
 * adds the log of the ratio: much for seconds, little for hours. w spans both onset intervals, the doubt being ours.
 */
import type { Outage } from '../model/outage.ts'
import { isWhole } from './cause.ts'
import { openOutage, type Detector } from './detector.ts'
import { roundOf, type DetectSettings, type Watch } from './settings.ts'

export interface Agreement {
  /** nats for interference */
  readonly nats: number
  /** who went together with it, for the reason */
  readonly with: readonly string[]
}

/** Onsets are never known better than this. */
const LEAST_SPAN_MS = 1000

/** Whose onset, and when. */
type Onset = Pick<Outage, 'service' | 'vantage' | 'onsetAfterAt' | 'onsetBeforeAt'>

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
  let nats = 0
  const companions: string[] = []

  const compare = (vantage: string, service: string, name: string): void => {
    const state = detector.vantages[vantage]?.services[service]
    const other = openOutage(state)
    if (!state?.case || other === null || other.cause === 'down' || !isWhole(state.case)) return
    const chance = Math.max(LEAST_SPAN_MS, spanMs(outage, other, watch)) * faultsPerMs
    const gain = Math.log(settings.togetherChance / chance)
    if (gain <= 0) return
    nats += gain
    companions.push(name)
  }
  for (const { id } of watch.services) if (id !== outage.service) compare(outage.vantage, id, id)
  for (const { id } of networks) compare(id, outage.service!, id)
  return { nats, with: companions }
}

/** The least stretch of time that holds both onsets for certain. */
function spanMs(one: Onset, other: Onset, watch: Watch): number {
  const from = (o: Onset): number => o.onsetAfterAt ?? o.onsetBeforeAt - roundOf(watch, o.service!, o.vantage)
  return Math.max(one.onsetBeforeAt, other.onsetBeforeAt) - Math.min(from(one), from(other))
}
