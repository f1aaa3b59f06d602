/**
 * line: was it the line? All that is looked at from one vantage shares its line, and lines lose packets in bursts: for some seconds a
 * third or a half of them, whatever they are for.
 *
 * So looks at one service that go unanswered within the same seconds are not independent. Given that an earlier one was lost to a burst,
 * the next one is lost to the same burst with the chance
 *
 *     exp(-d / burstMeanMs)     the burst lasts from where the earlier look still tried to where this one does, d later
 *   x exp(-t / burstTryMs)      and none of this measurement's tries gets through, t after its first
 *
 * which is what reach.ts then believes of it, if that is more than its memories say. It is not asked where the line was seen to be well
 * meanwhile: where, of the looks at anything else made between this one's first and last try, canaries above all, more were done
 * without a retry than took one or failed. Then no burst can have taken them all, and silence weighs what it always did.
 *
 * It is not known when a measurement tried: DNS sends again after 1 and 2 s of 4, TCP after 1, 3 and 7 s of 10. Half of its length is what is
 * certain of both. Only silence is asked about: what was answered got through.
 */
import { isSilence } from '../model/failure.ts'
import type { CanaryMeasurement, JudgedMeasurement } from '../model/judged-measurement.ts'
import type { DetectSettings } from './settings.ts'
import type { LineState } from './state.ts'

/** A query or a SYN that was lost is sent again after a second at the soonest: a quicker measurement lost neither. */
export const RETRY_MS = 1000
/** Looks kept: they reach back further than the longest look lasts, canaries asked afresh and confirmations included. */
const KEPT = 24

/** Remembers what a fine measurement says of the line, in place. Pages may be slow by themselves. */
export function noteFineLook(line: LineState, { startedAt, endedAt, sawHttp }: JudgedMeasurement): void {
  if (endedAt - startedAt < RETRY_MS) keep(line.calm, startedAt)
  else if (!sawHttp) keep(line.rough, startedAt)
}

/** Remembers what a canary says of the line, in place. */
export function noteCanaryLook(line: LineState, { startedAt, endedAt, answered }: CanaryMeasurement): void {
  keep(answered === 'yes' && endedAt - startedAt < RETRY_MS ? line.calm : line.rough, startedAt)
}

/**
 * The chance that a burst of loss, which took an earlier look, took this one too; 0 when the line was well meanwhile, or the measurement is not
 * of the kind that a burst takes. Remembers the measurement, in place, where it may have been a burst.
 */
export function burstChance(
  line: LineState,
  { startedAt, endedAt, verdict }: JudgedMeasurement,
  settings: DetectSettings,
): number {
  if (!isSilence(verdict.failure) || verdict.outcome === 'down') return 0
  const until = (startedAt + endedAt) / 2
  const among = (times: readonly number[]): number =>
    times.filter((at) => at >= startedAt && at <= until).length
  if (among(line.calm) > among(line.rough)) return 0
  const { lostAt } = line
  line.lostAt = Math.max(lostAt ?? until, until)
  if (lostAt === null) return 0
  const lasts = Math.exp(-Math.max(0, until - lostAt) / settings.burstMeanMs)
  return lasts * Math.exp(-(until - startedAt) / settings.burstTryMs)
}

function keep(times: number[], at: number): void {
  times.push(at)
  if (times.length > KEPT) times.shift()
}
