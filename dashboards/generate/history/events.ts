/** events: what happened, by its sources. */
import { type Section, line } from '../assemble.ts'
import { ALL_ROWS, IN_RANGE, fromJson } from '../infinity.ts'
import { toApi, toCell } from '../links.ts'
import { type Column, DATED, requestedColumns, table } from '../table.ts'

const COLUMNS: readonly Column[] = [
  { field: 'id', title: 'Event', links: [toApi('The event and its sources', 'events/${__value.raw}')] },
  { field: 'title', title: 'What happened' },
  { field: 'kind', title: 'Kind', width: 150 },
  { field: 'role', title: 'Role', width: 100 },
  { field: 'at.earliest', title: 'At', ...DATED },
  { field: 'at.stated', title: 'As stated', width: 130 },
  { field: 'confidence', title: 'Confidence', width: 100 },
  { field: 'sources.0.url', title: 'A source', links: [toCell('Open the source')] },
]

const events = table(
  {
    title: 'Events on record',
    description:
      'Videos, rallies, elections, orders and other events that outages may have followed. Those with the role “trigger” are the candidates.',
    unit: 'none',
    targets: [fromJson(`events?${ALL_ROWS}&${IN_RANGE}`, 'rows', requestedColumns(COLUMNS))],
  },
  COLUMNS,
)

export const EVENTS: Section = { title: 'Documented events', lines: [line(11, [events, 24])] }
