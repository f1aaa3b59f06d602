/**
 * rank: which documented event, if any, does the onset of an incident fit?
 *
 * events -> candidates near enough -> density over both windows / rate of events = Bayes factor -> x relevance = weight,
 *        within its caps -> weight / (none + all weights) = posterior. Events that overlap share it; "none of them" is an answer.
 */
import type { Correlation, Ranking } from '../model/correlation.ts'
import { isClosed, type TriggerEvent } from '../model/event.ts'
import type { Incident } from '../model/incident.ts'
import { candidatesOf, rateOf, spanOf, type RecordSpan } from './candidates.ts'
import { type Density, lagDensity } from './lag.ts'
import { relevanceOf } from './relevance.ts'
import type { CorrelateSettings } from './settings.ts'

/**
 * Ranks the events of an incident's country. What sources name as its trigger is marked, and plays no part in any number.
 *
 * @param events all that are known; roles other than trigger and undated ones drop out
 * @param record the stretch over which the rate of events is counted
 * @returns `none: null` and no candidates when the onset is open
 */
export function rankCandidates(
  incident: Incident,
  events: readonly TriggerEvent[],
  settings: CorrelateSettings,
  record: RecordSpan,
): Ranking {
  const { onset } = incident
  const documentedTriggers = incident.kind === 'reported' ? incident.documentedTriggers : []
  const base = {
    incident: incident.id,
    kind: incident.kind,
    onset,
    noneWeight: settings.noneWeight,
    documentedTriggers,
  }
  if (!isClosed(onset)) return { ...base, candidates: [], none: null }

  const density = lagDensity(settings)
  const all = candidatesOf(events, incident.country)
  const lambda = rateOf(all, record)
  const weighed = all.flatMap(({ event, window }) => {
    const span = spanOf(onset, window)
    const greatestLag = span.leastLag + span.onsetWidth + span.eventWidth
    if (span.leastLag > settings.horizonHours || greatestLag < -settings.horizonHours) return []
    const parts = density(span, event.scheduled)
    const found = parts.after + parts.before
    const { factor, reasons } = relevanceOf(incident, event, settings)
    const loose = Math.max(span.onsetWidth, span.eventWidth) > settings.timesWithinHours
    const weight = weigh(timingOf(parts, lambda, event.scheduled, settings), factor, loose)
    const correlation: Omit<Correlation, 'posterior'> = {
      event: event.id,
      lagHours: [span.leastLag, greatestLag],
      density: found,
      lambda,
      bayesFactor: found / lambda,
      relevance: factor,
      weight,
      documented: documentedTriggers.includes(event.id),
      reasons: [
        ...reasons,
        ...direction(span.leastLag, greatestLag, event.scheduled),
        ...(loose ? [LOOSE] : []),
      ],
    }
    return [correlation]
  })
  const total = weighed.reduce((sum, { weight }) => sum + weight, settings.noneWeight)
  const candidates = weighed
    .map((correlation) => withPosterior(correlation, total))
    .sort((a, b) => b.posterior - a.posterior || (a.event < b.event ? -1 : 1))
  return { ...base, candidates, none: settings.noneWeight / total }
}

/**
 * What the lag alone says for an event: density over the rate of events, with chance at 1. That the outage came first never
 * speaks for an event nobody had announced: that part counts `shareBefore` at most.
 */
export function timingOf(
  { after, before }: Density,
  lambda: number,
  scheduled: boolean,
  { shareBefore }: Pick<CorrelateSettings, 'shareBefore'>,
): number {
  return after / lambda + (scheduled ? before / lambda : Math.min(before / lambda, shareBefore))
}

/**
 * What one candidate weighs against none.
 *
 * @param timing as `timingOf` has it
 * @param loose one of the two windows is too wide to time anything, and the weight stays at 1 or below
 */
export function weigh(timing: number, relevance: number, loose: boolean): number {
  const weight = timing * relevance
  return loose ? Math.min(1, weight) : weight
}

function withPosterior(correlation: Omit<Correlation, 'posterior'>, total: number): Correlation {
  return { ...correlation, posterior: correlation.weight / total }
}

const LOOSE = 'the event or the onset is dated too loosely for its timing to count for the event'

function direction(leastLag: number, greatestLag: number, scheduled: boolean): string[] {
  if (leastLag >= 0) return []
  if (greatestLag > 0) return ['which came first is not certain']
  return [
    scheduled
      ? 'the outage came first, as can happen before an announced event'
      : 'the outage came first, which counts against the event',
  ]
}
