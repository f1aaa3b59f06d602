/** The lists of the record: outages, incidents, events, reports, measurements. */
import { EVENT_KINDS, EVENT_ROLES } from '../../model/event.ts'
import type { History } from '../../model/history.ts'
import { CAUSES } from '../../model/outage.ts'
import { DAY_MS } from '../../model/time.ts'
import { MECHANISMS, OUTCOMES } from '../../model/verdict.ts'
import { outagesOfKinds } from '../../views/outages-of-kinds.ts'
import type { Api } from './context.ts'
import { listRoute } from './list.ts'
import { country, id, word, yesNo } from './parameters.ts'
import { eventRow, showEvent } from '../../views/rows/event.ts'
import { incidentRow, showIncident } from '../../views/rows/incident.ts'
import { measurementRow, showMeasurement } from '../../views/rows/measurement.ts'
import { outageOfKindRow, showOutageOfKind } from '../../views/rows/outage-of-kind.ts'
import { reportRow, showReport } from '../../views/rows/report.ts'

const EVIDENCE_KINDS = ['measured', 'reported'] as const

const service = id('a service, such as facebook').exactOptional()
const vantage = id('a vantage').exactOptional()

const outages = listRoute({
  name: 'outages',
  summary:
    'Outages: periods in which a service was not usable, measured from a vantage or reported by others',
  description:
    'Each row says which kind it is. Reports do not state a vantage, a cause, a mechanism, or whether they are ongoing: ' +
    'filtering by one of these returns measured outages only.',
  filters: {
    kind: word(['measured', 'reported', 'all'], 'Measured by this lookout, reported by others, or both')
      .meta({ default: 'all' })
      .exactOptional(),
    service,
    vantage,
    cause: word(CAUSES, 'Only with this cause').exactOptional(),
    mechanism: word(MECHANISMS, 'Only with this mechanism').exactOptional(),
    open: yesNo('Only ongoing outages, or only those that have ended').exactOptional(),
  },
  sortedBy: 'onset',
  row: outageOfKindRow,
  find: outagesOfKinds,
  show: showOutageOfKind,
})

const incidents = listRoute({
  name: 'incidents',
  summary: 'Outages, measured or reported, that belong together',
  filters: {
    kind: word(EVIDENCE_KINDS, 'Measured by this lookout, or reported by others').exactOptional(),
    service,
    country: country().exactOptional(),
  },
  sortedBy: 'onset',
  row: incidentRow,
  find: (history, query) => history.incidents(query),
  show: showIncident,
})

const events = listRoute({
  name: 'events',
  summary: 'Documented events that an outage may have followed',
  filters: {
    kind: word(EVENT_KINDS, 'Only of this kind').exactOptional(),
    role: word(EVENT_ROLES, 'Only in this role').exactOptional(),
    service,
    retracted: yesNo('Also those that were retracted').exactOptional(),
  },
  sortedBy: 'at',
  row: eventRow,
  find: (history, query) => history.events(query),
  show: showEvent,
})

const reports = listRoute({
  name: 'reports',
  summary: 'Outages documented by others, never mixed with measured ones',
  filters: { service, episode: id('an episode').exactOptional() },
  sortedBy: 'onset',
  row: reportRow,
  find: (history, query) => history.reports(query),
  show: showReport,
})

const measurements = listRoute({
  name: 'measurements',
  summary: 'Single measurements and their verdicts',
  description: 'The last 24 hours, where `since` is left out. Raw measurements are kept for a limited time.',
  filters: {
    service,
    endpoint: id('an endpoint, such as facebook/www').exactOptional(),
    vantage,
    outcome: word(OUTCOMES, 'Only with this outcome').exactOptional(),
  },
  sortedBy: 'started',
  reachMs: DAY_MS,
  row: measurementRow,
  find: (history, query) => history.measurements(query as Parameters<History['measurements']>[0]),
  show: showMeasurement,
})

/** Adds the lists. @param now for relative times */
export function listRoutes(api: Api, history: History, now: () => number): void {
  for (const add of [outages, incidents, events, reports, measurements]) add(api, history, now)
}
