/** timeline: strips of states, ready to draw: as measured, from noted changes of state; as reported, from reports. Never mixed. */
import type { TimelineRow, TimelineStretch } from '../model/history.ts'
import type { State } from '../model/outage.ts'
import type { Report, ReportMode } from '../model/report.ts'
import type { StateStrip } from '../store/outages/read-states.ts'
import { extentOf } from '../store/outages/extent.ts'
import { overlaps } from './listing.ts'

interface Wanted {
  /** Unix ms */
  readonly since: number
  readonly until: number
}

const STATES: Readonly<Record<ReportMode, State>> = {
  'service-block': 'blocked',
  'regional-shutdown': 'shutdown',
  'domain-takedown': 'down',
}

/** What a report says, in the words of a state. */
export function stateOfReport(mode: ReportMode): State {
  return STATES[mode]
}

/**
 * One measured strip, cut to the span.
 *
 * @param knownUntilAt from here on nobody looked, so the last state is not known to hold; `null` = it is
 */
export function measuredRow(
  { service, vantage, changes, newest }: StateStrip,
  { since, until }: Wanted,
  knownUntilAt: number | null,
): TimelineRow {
  const stretches: TimelineStretch[] = []
  const add = (stretch: TimelineStretch) => {
    const fromAt = Math.max(stretch.fromAt, since)
    const untilAt = stretch.untilAt === null ? null : Math.min(stretch.untilAt, until)
    if (untilAt !== null && untilAt <= fromAt) return
    const last = stretches.at(-1)
    const goesOn =
      last?.state === stretch.state && last.mechanism === stretch.mechanism && last.ref === stretch.ref
    if (last !== undefined && goesOn) stretches[stretches.length - 1] = { ...last, untilAt }
    else stretches.push({ ...stretch, fromAt, untilAt })
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
  return { kind: 'measured', service, vantage, stretches }
}

/**
 * Reported strips, one per service, by service. Stretches of different reports may overlap; undated reports are in none, nor is
 * what hit no watched service. A report that does not say when it ended reaches to the last time it is mentioned.
 */
export function reportedRows(
  reports: readonly Report[],
  wanted: Wanted & { readonly service?: string },
): TimelineRow[] {
  const pairs = reports.flatMap((report) => {
    const { startAt, untilAt } = extentOf('reported', report.onset, report.end)
    if (!overlaps({ startAt, untilAt }, wanted)) return []
    const stretch: TimelineStretch = {
      fromAt: Math.max(startAt, wanted.since),
      untilAt: untilAt === null ? null : Math.min(untilAt, wanted.until),
      state: stateOfReport(report.mode),
      mechanism: null,
      ref: report.id,
    }
    return report.services.map((service) => ({ service, stretch }))
  })
  const byService = Map.groupBy(pairs, ({ service }) => service)
  return [...byService]
    .filter(([service]) => wanted.service === undefined || wanted.service === service)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([service, found]) => ({
      kind: 'reported',
      service,
      vantage: null,
      stretches: found
        .map(({ stretch }) => stretch)
        .sort((a, b) => a.fromAt - b.fromAt || (a.ref! < b.ref! ? -1 : 1)),
    }))
}
