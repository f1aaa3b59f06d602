/**
 * history-series: the record as series. What we measured and what others reported never share one: label `kind` tells them apart.
 *
 * Names are those of /metrics, so that what draws the present draws the past. Of a state's series only the ones that hold are there.
 */
import type { StateSeries } from '../model/history.ts'
import type { Outage, State } from '../model/outage.ts'
import type { Report } from '../model/report.ts'
import type { Series, Interval } from './openmetrics.ts'

export const STATE_FAMILY = {
  name: 'didbon_service_state',
  help: 'State of a service: 1 while it held, 0 where it ended',
} as const

export const OUTAGE_FAMILY = {
  name: 'didbon_outage_active',
  help: 'An outage: 1 while it lasted, 0 where it ended; of a report from the earliest it may have begun to the latest it may have ended',
} as const

/** The states of one service, a series for each state it was in. That nothing was measured since is not a series: it would go on for ever. */
export function stateSeries({ kind, service, vantage, intervals }: StateSeries): Series[] {
  const known = intervals.filter(({ state, untilAt }) => state !== 'insufficient' || untilAt !== null)
  const byState = Map.groupBy(known, ({ state }) => state)
  return [...byState].map(([state, held]) => ({
    labels: { kind, service, vantage: vantage ?? '', state },
    intervals: held,
  }))
}

/** What an outage is labelled with besides what it says itself. */
export interface OutageContext {
  /** ISO 3166-1 alpha-2; empty = not known */
  readonly country: string
  /** id; empty = none */
  readonly incident: string
  /** Unix ms; nothing was measured later, so an outage that is open is not known to last beyond */
  readonly knownUntilAt: number
}

/** One measured outage, a series for each cause and mechanism it was taken for, from its first failed measurement on. */
export function outageSeries(outage: Outage, { country, incident, knownUntilAt }: OutageContext): Series[] {
  const { id, service, vantage, causes, onsetBeforeAt, endBeforeAt } = outage
  const untilAt = endBeforeAt ?? Math.max(knownUntilAt, causes.at(-1)?.at ?? onsetBeforeAt)
  const taken = causes.length > 0 ? causes : [{ ...outage, at: onsetBeforeAt }]
  const parts = taken.map(({ at, cause, mechanism }, i) => ({
    key: `${cause} ${mechanism}`,
    cause,
    mechanism,
    // it may have been taken for something else after it was over, before that was known
    interval: {
      fromAt: i === 0 ? onsetBeforeAt : Math.min(at, untilAt),
      untilAt: Math.min(taken[i + 1]?.at ?? untilAt, untilAt),
    },
  }))
  return [...Map.groupBy(parts, ({ key }) => key).values()].map((same) => ({
    labels: {
      kind: 'measured',
      service: service ?? '',
      vantage,
      country,
      cause: same[0]!.cause,
      mechanism: same[0]!.mechanism ?? '',
      incident,
      outage: id,
    },
    intervals: same.map(({ interval }) => interval),
  }))
}

/** One report, a series for each watched service it names; one without a service where it names none, or a region as a whole. */
export function reportSeries(
  { id, services, country }: Report,
  {
    cause,
    incident,
    interval,
  }: { readonly cause: State; readonly incident: string; readonly interval: Interval },
): Series[] {
  return (services.length > 0 ? services : ['']).map((service) => ({
    labels: { kind: 'reported', service, vantage: '', country, cause, mechanism: '', incident, outage: id },
    intervals: [interval],
  }))
}
