/** why: each service and vantage with the reason for its state, the hours each was blocked, and what that may have followed. */
import { type Section, line } from '../assemble.ts'
import { fromJson } from '../infinity.ts'
import { toApi, toDashboard } from '../links.ts'
import { COLOURS, STATE_COLOURS } from '../palette.ts'
import { bars } from '../panels.ts'
import { OF_BOTH, hoursOf, now } from '../prometheus.ts'
import { type Column, requestedColumns, table } from '../table.ts'

const COLUMNS: readonly Column[] = [
  {
    field: 'service',
    title: 'Service',
    width: 130,
    links: [toDashboard('This service in detail', 'service', 'var-service=${__value.raw}')],
  },
  { field: 'vantage', title: 'Vantage', width: 110 },
  { field: 'state', title: 'State', width: 110, colours: STATE_COLOURS },
  { field: 'since', title: 'Since', type: 'timestamp', unit: 'dateTimeAsIso', width: 170 },
  { field: 'mechanism', title: 'Mechanism', width: 130 },
  { field: 'because', title: 'Why' },
  {
    field: 'lastMeasurement',
    title: 'Last measured',
    type: 'timestamp',
    unit: 'dateTimeFromNow',
    width: 130,
  },
  {
    field: 'outageId',
    title: 'Outage',
    links: [toApi('The outage and its evidence', 'outages/${__value.raw}')],
  },
]

const standing = table(
  {
    title: 'Every service and vantage, now',
    description:
      'The current state, whatever is selected above: since when, by what mechanism, and the reason in one sentence.',
    unit: 'none',
    targets: [fromJson('status', 'services', requestedColumns(COLUMNS))],
  },
  COLUMNS,
)

const blocked = bars(
  {
    title: 'Hours blocked, by service',
    description:
      'Hours in the time range during which the service was blocked from at least one of the vantages. Time without data is not counted.',
    unit: 'h',
    targets: [
      now(hoursOf(`max by (service) (didbon_service_state{state="blocked",${OF_BOTH}})`), '{{service}}'),
    ],
    links: [toDashboard('This service in detail', 'service', 'var-service=${__field.labels.service}')],
  },
  COLOURS.vermillion,
)
  .decimals(1)
  .maxDataPoints(1440)

/** `none` is an answer too, and has no title. */
const POSTERIORS =
  'label_replace(label_replace(didbon_incident_trigger_posterior, "what", "$1", "title", "(.+)"), "what", "none of them", "event", "none")'

const triggers = bars(
  {
    title: 'What the open incidents may have followed',
    description:
      'Posterior of the three likeliest documented events of each open incident, and of none of them. Empty while no incident is open.',
    unit: 'percentunit',
    targets: [now(POSTERIORS, '{{what}} ({{incident}})')],
    links: [
      toApi('The incident', 'incidents/${__field.labels.incident}'),
      toDashboard('Incidents and documented outages', 'history'),
    ],
  },
  COLOURS.blue,
)
  .decimals(0)
  .max(1)

export const WHY: Section = {
  title: 'Since when, why, and after what',
  lines: [line(10, [standing, 24]), line(8, [blocked, 8], [triggers, 16])],
}
