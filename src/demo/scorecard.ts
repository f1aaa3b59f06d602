/** scorecard: what the lab did beside what the lookout logged. Pure. */
import type { Cause, Outage } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'
import { quantile } from '../model/statistics.ts'

/** One outage the lab brought about, as a careful observer should log it. */
export interface Expected {
  /** `null`: the vantage itself */
  readonly service: string | null
  readonly vantage: string
  readonly cause: Cause
  readonly mechanism: Mechanism | null
  /** Unix ms when the lab switched it on, and off again */
  readonly switchedAt: number
  readonly liftedAt: number
}

export interface ScoredOutage {
  readonly service: string | null
  readonly vantage: string
  readonly expected: { readonly cause: Cause; readonly mechanism: Mechanism | null } | null
  readonly found: {
    readonly id: string
    readonly cause: Cause
    readonly mechanism: Mechanism | null
    /** from the switch to the open outage */
    readonly detectMs: number | null
    /** from the switch to the cause it ended with */
    readonly causeMs: number | null
  } | null
}

/** Unix ms; the end is not in it. */
export interface Span {
  readonly since: number
  readonly until: number
}

export interface Scorecard {
  readonly expected: number
  readonly found: number
  readonly missed: number
  readonly false: number
  readonly wrongCause: number
  readonly wrongMechanism: number
  /** how many times the machine was too busy: what was timed then counts for nothing, and is done again slower */
  readonly voided: number
  readonly detectMs: { readonly p50: number | null; readonly p95: number | null; readonly max: number | null }
  readonly outages: readonly ScoredOutage[]
}

/**
 * Matches each expected outage with the one logged for the same service and vantage while it lasted.
 *
 * @param graceMs how long after the lab lifted something the first failed measurement may still have been
 * @param voided when the machine was too busy: what is not expected and began then is not counted against the lookout
 */
export function score(
  expected: readonly Expected[],
  logged: readonly Outage[],
  graceMs: number,
  voided: readonly Span[] = [],
): Scorecard {
  const left = new Set(logged)
  const outages: ScoredOutage[] = expected.map((want) => {
    const match = logged.find(
      (outage) =>
        left.has(outage) &&
        outage.service === want.service &&
        outage.vantage === want.vantage &&
        outage.onsetBeforeAt >= want.switchedAt &&
        outage.onsetBeforeAt <= want.liftedAt + graceMs,
    )
    if (match !== undefined) left.delete(match)
    return scored(want, match)
  })
  for (const outage of left) {
    if (voided.some(({ since, until }) => since <= outage.onsetBeforeAt && outage.onsetBeforeAt < until))
      left.delete(outage)
  }
  for (const { service, vantage, id, cause, mechanism } of left) {
    outages.push({
      service,
      vantage,
      expected: null,
      found: { id, cause, mechanism, detectMs: null, causeMs: null },
    })
  }
  const both = outages.filter((outage) => outage.expected !== null && outage.found !== null)
  return {
    expected: expected.length,
    found: both.length,
    missed: expected.length - both.length,
    false: left.size,
    wrongCause: both.filter((scoredOutage) => scoredOutage.found!.cause !== scoredOutage.expected!.cause)
      .length,
    wrongMechanism: both.filter(
      (scoredOutage) => scoredOutage.found!.mechanism !== scoredOutage.expected!.mechanism,
    ).length,
    voided: voided.length,
    detectMs: quantiles(both.map((scoredOutage) => scoredOutage.found!.detectMs!)),
    outages,
  }
}

/** Nothing missed, nothing invented, nothing misnamed. */
export function isClean(card: Scorecard): boolean {
  return card.missed + card.false + card.wrongCause + card.wrongMechanism === 0
}

function scored(
  { service, vantage, cause, mechanism, switchedAt }: Expected,
  match: Outage | undefined,
): ScoredOutage {
  return {
    service,
    vantage,
    expected: { cause, mechanism },
    found:
      match === undefined
        ? null
        : {
            id: match.id,
            cause: match.cause,
            mechanism: match.mechanism,
            detectMs: match.openedAt - switchedAt,
            causeMs:
              (match.causes.find((cause) => cause.cause === match.cause)?.at ?? match.openedAt) - switchedAt,
          },
  }
}

function quantiles(values: readonly number[]): Scorecard['detectMs'] {
  const at = (share: number) => (values.length === 0 ? null : quantile(values, share))
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}
