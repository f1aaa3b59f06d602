/** hours: how long services were usable over a period, and how long reports say they were not. Never the two in one sum. */
import type { StateSeries } from '../model/history.ts'
import type { State } from '../model/outage.ts'
import type { Report, ReportMode } from '../model/report.ts'
import { type Period, lengthOf, spent } from './state-series.ts'

/** One measured series in numbers. */
export interface MeasuredHours {
  readonly service: string
  readonly vantage: string
  /** share of the time that could be judged; `null` = none could */
  readonly uptime: number | null
  readonly blockedMs: number
  /** every other state that is an outage, with how long it held, the longest first */
  readonly others: readonly { readonly state: State; readonly ms: number }[]
  /** share of the period so far that could not be judged, or was not measured */
  readonly unknown: number
}

/** @param now the period counts up to here at most */
export function measuredHours(
  rows: readonly StateSeries[],
  { fromAt, untilAt }: Period,
  now: number,
): MeasuredHours[] {
  const period = { fromAt, untilAt: Math.min(untilAt, now) }
  const periodMs = period.untilAt - fromAt
  return rows.flatMap((row) => {
    if (row.kind !== 'measured' || row.vantage === null) return []
    const {
      ok = 0,
      insufficient: _,
      blocked = 0,
      ...rest
    } = Object.fromEntries(spent(row.intervals, period, now)) as Partial<Record<State, number>>
    const others = Object.entries(rest).map(([state, ms]) => ({ state: state as State, ms }))
    const judgedMs = others.reduce((sum, { ms }) => sum + ms, ok + blocked)
    return [
      {
        service: row.service,
        vantage: row.vantage,
        uptime: judgedMs === 0 ? null : ok / judgedMs,
        blockedMs: blocked,
        others: others.sort((a, b) => b.ms - a.ms),
        unknown: periodMs <= 0 ? 0 : Math.max(0, 1 - judgedMs / periodMs),
      },
    ]
  })
}

/** What reports say of one service. */
export interface ReportedHours {
  readonly service: string
  readonly mode: ReportMode
  readonly reports: number
  /** by the latest onsets and the earliest ends the sources allow */
  readonly leastMs: number
  /** by the earliest onsets and the latest ends, of those reports that bound both */
  readonly mostMs: number
  /** reports that leave one of them open: how long those lasted is not known */
  readonly open: number
}

/** Reports that overlap count once. Those that name no service are left out. */
export function reportedHours(reports: readonly Report[], { fromAt, untilAt }: Period): ReportedHours[] {
  const pairs = reports.flatMap((report) => report.services.map((service) => ({ service, report })))
  const groups = Map.groupBy(pairs, ({ service, report }) => `${service} ${report.mode}`)
  const clip = (from: number, until: number): Period => ({
    fromAt: Math.max(from, fromAt),
    untilAt: Math.min(until, untilAt),
  })
  return [...groups.values()]
    .map((group): ReportedHours => {
      const { service, report } = group[0]!
      const least = group.flatMap(({ report: { onset, end } }) =>
        onset.latestAt === null || end.earliestAt === null ? [] : [clip(onset.latestAt, end.earliestAt)],
      )
      const most = group.flatMap(({ report: { onset, end } }) =>
        onset.earliestAt === null || end.latestAt === null ? [] : [clip(onset.earliestAt, end.latestAt)],
      )
      return {
        service,
        mode: report.mode,
        reports: group.length,
        leastMs: lengthOf(least),
        mostMs: lengthOf(most),
        open: group.length - most.length,
      }
    })
    .sort((a, b) => (`${a.service} ${a.mode}` < `${b.service} ${b.mode}` ? -1 : 1))
}
