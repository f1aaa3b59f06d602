/** state: how the service stands from each vantage, and the outages that last. */
import { type Section, line } from '../assemble.ts'
import { toApi, toDashboard } from '../links.ts'
import { STATE_CODES, STATE_COLOURS } from '../palette.ts'
import { stateTimeline } from '../panels.ts'
import { OF_BOTH, OF_VANTAGE, coded, curve, rows } from '../prometheus.ts'
import { type Column, table } from '../table.ts'

const states = stateTimeline(
  {
    title: '$service: state by vantage',
    description: 'The state over time. Grey is not known, never ok.',
    unit: 'none',
    targets: [curve(coded('didbon_service_state', 'state', STATE_CODES, OF_BOTH, 'vantage'), '{{vantage}}')],
    links: [
      toDashboard('All services from this vantage', 'overview', 'var-vantage=${__field.labels.vantage}'),
      toDashboard('Incidents and documented outages', 'history', 'var-service=${service}'),
    ],
  },
  STATE_CODES,
)

const COLUMNS: readonly Column[] = [
  { field: 'vantage', title: 'Vantage' },
  { field: 'service', title: 'Service', empty: 'all: the vantage itself' },
  { field: 'cause', title: 'Cause', colours: STATE_COLOURS },
  { field: 'mechanism', title: 'Mechanism', empty: 'not known' },
  { field: 'Value', title: 'Since', unit: 'dateTimeAsIso' },
  { field: 'incident', title: 'Incident', links: [toApi('The incident', 'incidents/${__value.raw}')] },
]

/** An outage of the whole vantage has no service. */
const OF_SERVICE_OR_ALL = `service=~"$service|",${OF_VANTAGE}`

const lasting = table(
  {
    title: '$service: ongoing outages',
    description:
      'Outages ongoing at the end of the time range, of the service or of the whole vantage. Empty while there are none.',
    unit: 'none',
    targets: [
      rows(
        `didbon_outage_onset_timestamp_seconds{${OF_SERVICE_OR_ALL}} * on (service, vantage) group_left (cause, mechanism, incident) didbon_outage_active * 1000`,
      ),
    ],
  },
  COLUMNS,
)

export const STATE: Section = { title: '$service', lines: [line(8, [states, 13], [lasting, 11])] }
