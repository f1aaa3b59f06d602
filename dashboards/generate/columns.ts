/** columns: those of incidents, which several dashboards list. */
import { ALL_ROWS, type ApiQueryBuilder, IN_RANGE, fromCsv, fromJson } from './infinity.ts'
import { toApi, toMoment } from './links.ts'
import { type Column, DATED, requestedColumns } from './table.ts'

const WHOLE_RECORD = [
  toApi('The incident, with its outages and the sums of its triggers', 'incidents/${__value.raw}'),
]
const BACK = [toMoment('Show on the overview', 'overview', '${__data.fields.Began.numeric}', 'now')]
const EVENT = [toApi('The event and its sources', 'events/${__value.raw}')]

/** Asked for and not shown: every incident has it. */
const KIND: Column = { field: 'kind', title: 'Kind' }
const SEEN_END: Column = { field: 'endBefore', title: 'Ended by', ...DATED, empty: 'ongoing' }
const SAID_END: Column = { ...SEEN_END, empty: 'not known' }
/** What is known of every incident. */
const factsWith = (end: Column): readonly Column[] => [
  { field: 'id', title: 'Incident', links: WHOLE_RECORD },
  { field: 'onsetBefore', title: 'Began', ...DATED, links: BACK },
  end,
  { field: 'services', title: 'Services' },
]
const SEEN: readonly Column[] = [
  ...factsWith(SEEN_END),
  { field: 'vantages', title: 'Vantages' },
  { field: 'causes', title: 'Causes', width: 110 },
  { field: 'mechanisms', title: 'Mechanisms' },
]
const SAID: readonly Column[] = [
  ...factsWith(SAID_END),
  { field: 'modes', title: 'Mode', width: 150 },
  { field: 'regions', title: 'Regions', width: 100 },
  { field: 'documentedTriggers', title: 'Trigger named by sources' },
]
const SHARE = { type: 'number', unit: 'percentunit', decimals: 0, width: 110 } as const
const TRIGGER: readonly Column[] = [
  { field: 'candidates.0.event', title: 'Likeliest trigger', links: EVENT },
  { field: 'candidates.0.posterior', title: 'Posterior', ...SHARE },
  { field: 'none', title: 'None of them', ...SHARE },
  { field: 'candidates.1.event', title: 'Second likeliest', links: EVENT },
]

export const MEASURED_COLUMNS = [...SEEN, ...TRIGGER]
export const REPORTED_COLUMNS = [...SAID, ...TRIGGER]

/** Incidents of the time shown and what they may have followed, to be merged by id. @param filter more of the query, or nothing */
export function measured(filter = ''): ApiQueryBuilder[] {
  return [
    fromCsv(`incidents?kind=measured&${filter}${ALL_ROWS}&${IN_RANGE}`, requestedColumns([KIND, ...SEEN])),
    rankings('measured'),
  ]
}

export function reported(filter = ''): ApiQueryBuilder[] {
  return [
    fromCsv(`incidents?kind=reported&${filter}${ALL_ROWS}&${IN_RANGE}`, requestedColumns([KIND, ...SAID])),
    rankings('reported'),
  ]
}

function rankings(kind: string): ApiQueryBuilder {
  const columns = requestedColumns([{ field: 'id', title: 'Incident' }, ...TRIGGER])
  return fromJson(`correlations?kind=${kind}&limit=200&${IN_RANGE}`, 'incidents', columns)
}
