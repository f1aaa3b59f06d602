/** overview: how every service stands from every vantage, what is blocked, since when and why, and what it may have followed. */
import { measuredIncidents, triggerEvents } from '../annotations.ts'
import { type Plan, type Section, line } from '../assemble.ts'
import { MEASURED_COLUMNS, measured } from '../columns.ts'
import { merged } from '../table.ts'
import { countries, services, vantages } from '../variables.ts'
import { NOW } from './now.ts'
import { WHY } from './why.ts'

const measuredHere = merged(
  {
    title: 'Incidents measured in the time range',
    description:
      'Outages that belong together, with the documented event that each most likely followed. Click an incident for its record, its onset for the overview at that time.',
    unit: 'none',
    targets: measured(),
  },
  'kind',
  MEASURED_COLUMNS,
)

const INCIDENTS: Section = { title: 'Incidents', lines: [line(8, [measuredHere, 24])] }

export const overview: Plan = {
  name: 'overview',
  title: 'didbon: overview',
  description:
    'Whether each service can be reached from each vantage, and if not, how, since when, and after what.',
  from: 'now-24h',
  refresh: '30s',
  variables: [countries('role="probe"'), services(), vantages('role="probe"')],
  annotations: [measuredIncidents(), triggerEvents()],
  sections: [NOW, WHY, INCIDENTS],
}
