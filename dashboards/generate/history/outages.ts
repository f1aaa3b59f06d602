/** outages: every outage of one service, measured here and reported by others, in tables apart. */
import { type Section, line } from '../assemble.ts'
import { ALL_ROWS, IN_RANGE, fromCsv, fromJson } from '../infinity.ts'
import { toApi, toCell, toMoment } from '../links.ts'
import { STATE_COLOURS } from '../palette.ts'
import { type Column, DATED, requestedColumns, merged, table } from '../table.ts'

const OF_SERVICE = `service=\${service}&${ALL_ROWS}&${IN_RANGE}`

const MEASURED: readonly Column[] = [
  { field: 'id', title: 'Outage', links: [toApi('The outage and its evidence', 'outages/${__value.raw}')] },
  { field: 'vantage', title: 'Vantage', width: 110 },
  { field: 'cause', title: 'Cause', width: 110, colours: STATE_COLOURS },
  { field: 'mechanism', title: 'Mechanism', width: 130 },
  {
    field: 'onsetBefore',
    title: 'Began',
    ...DATED,
    links: [toMoment('Show on the overview', 'overview', '${__data.fields.Began.numeric}', 'now')],
  },
  { field: 'endBefore', title: 'Ended by', ...DATED, empty: 'ongoing' },
  { field: 'durationMs', title: 'Lasted', type: 'number', unit: 'ms', width: 110, empty: 'ongoing' },
  { field: 'because', title: 'Why' },
]

const measured = table(
  {
    title: '$service: outages measured here',
    description: 'Each outage in the time range, by vantage, with the reason for its cause.',
    unit: 'none',
    targets: [fromCsv(`outages?kind=measured&${OF_SERVICE}`, requestedColumns(MEASURED))],
  },
  MEASURED,
)

const ID: Column = {
  field: 'id',
  title: 'Report',
  links: [toApi('The report and all its sources', 'reports/${__value.raw}')],
}
const SOURCE: Column = { field: 'sources.0.url', title: 'A source', links: [toCell('Open the source')] }
const SAID: readonly Column[] = [
  ID,
  { field: 'mode', title: 'Mode', width: 150 },
  { field: 'onset.stated', title: 'Onset, as stated', width: 150 },
  { field: 'onset.latest', title: 'Began by', ...DATED },
  { field: 'end.stated', title: 'End, as stated', width: 150, empty: 'not known' },
  { field: 'isps', title: 'Networks' },
  {
    field: 'documentedTrigger',
    title: 'Trigger named by sources',
    links: [toApi('The event and its sources', 'events/${__value.raw}')],
  },
  { field: 'confidence', title: 'Confidence', width: 100 },
  { field: 'reportedBy', title: 'Reported by' },
]

const reported = merged(
  {
    title: '$service: outages reported by others',
    description:
      'Each documented outage in the time range, with one source; the record of a report has all of them.',
    unit: 'none',
    targets: [
      fromCsv(`reports?${OF_SERVICE}`, requestedColumns(SAID)),
      fromJson(`reports?${OF_SERVICE}`, 'rows', requestedColumns([ID, SOURCE])),
    ],
  },
  'mode',
  [...SAID, SOURCE],
)

export const OUTAGES: Section = {
  title: '$service: every outage',
  lines: [line(8, [measured, 24]), line(10, [reported, 24])],
}
