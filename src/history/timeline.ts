/** timeline: series of states, ready to draw: as measured, from noted changes of state; as reported, from reports. Never mixed. */
import type { StateSeries, StateInterval } from '../model/history.ts'
import type { State } from '../model/outage.ts'
import type { Report, ReportMode } from '../model/report.ts'
import type { StateChanges } from '../store/outages/read-states.ts'
import { extentOf } from '../model/extent.ts'
import { overlaps } from './listing.ts'

interface Wanted {
  /** Unix ms */
  readonly since: number
  readonly until: number
}

/** What a report says, in the words of a state. */
export const STATE_OF_MODE: Readonly<Record<ReportMode, State>> = {
  'service-block': 'blocked',
  'regional-shutdown': 'shutdown',
  'domain-takedown': 'down',
}

/**
 * One measured series, cut to the span.
 *
 * @param knownUntilAt from here on nothing was measured, so the last state is not known to hold; `null` = it is
 */
export function measuredSeries(
  { service, vantage, changes, newest }: StateChanges,
  { since, until }: Wanted,
  knownUntilAt: number | null,
): StateSeries {
  const intervals: StateInterval[] = []
  const add = (interval: StateInterval) => {
    const fromAt = Math.max(interval.fromAt, since)
    const untilAt = interval.untilAt === null ? null : Math.min(interval.untilAt, until)
    if (untilAt !== null && untilAt <= fromAt) return
    const last = intervals.at(-1)
    const goesOn =
      last?.state === interval.state && last.mechanism === interval.mechanism && last.ref === interval.ref
    if (last !== undefined && goesOn) intervals[intervals.length - 1] = { ...last, untilAt }
    else intervals.push({ ...interval, fromAt, untilAt })
  }
  for (const [i, { at, state, mechanism, ref }] of changes.entries()) {
    const next = changes[i + 1]
    if (next !== undefined) add({ fromAt: at, untilAt: next.at, state, mechanism, ref })
    else if (!newest) add({ fromAt: at, untilAt: until, state, mechanism, ref })
    else if (knownUntilAt === null || knownUntilAt >= until)
      add({ fromAt: at, untilAt: null, state, mechanism, ref })
    else {
      const lastKnownAt = Math.max(at, knownUntilAt)
      add({ fromAt: at, untilAt: lastKnownAt, state, mechanism, ref })
      add({ fromAt: lastKnownAt, untilAt: null, state: 'insufficient', mechanism: null, ref: null })
    }
  }
  return { kind: 'measured', service, vantage, intervals }
}

/**
 * Reported series, one per service, by service. Intervals of different reports may overlap; undated reports are in none, nor is
 * what hit no watched service. A report that does not say when it ended reaches to the last time it is mentioned.
 */
export function reportedSeries(
  reports: readonly Report[],
  wanted: Wanted & { readonly service?: string },
): StateSeries[] {
  const pairs = reports.flatMap((report) => {
    const { startAt, untilAt } = extentOf('reported', report.onset, report.end)
    if (!overlaps({ startAt, untilAt }, wanted)) return []
    const interval: StateInterval = {
      fromAt: Math.max(startAt, wanted.since),
      untilAt: untilAt === null ? null : Math.min(untilAt, wanted.until),
      state: STATE_OF_MODE[report.mode],
      mechanism: null,
      ref: report.id,
    }
    return report.services.map((service) => ({ service, interval }))
  })
  const byService = Map.groupBy(pairs, ({ service }) => service)
  return [...byService]
    .filter(([service]) => wanted.service === undefined || wanted.service === service)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, found]) => ({
      kind: 'reported',
      service,
      vantage: null,
      intervals: found
        .map(({ interval }) => interval)
        .sort((a, b) => a.fromAt - b.fromAt || (a.ref! < b.ref! ? -1 : 1)),
    }))
}
