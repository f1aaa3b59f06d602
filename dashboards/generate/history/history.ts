/** history: incidents and outages since 2010, measured here or reported by others, and the events they may have followed. */
import { measuredIncidents, reportedIncidents, triggerEvents } from '../annotations.ts'
import type { Plan } from '../assemble.ts'
import { oneCountry, oneService } from '../variables.ts'
import { EVENTS } from './events.ts'
import { INCIDENTS } from './incidents.ts'
import { OUTAGES } from './outages.ts'

export const history: Plan = {
  name: 'history',
  title: 'didbon: history',
  description:
    'Incidents and outages since 2010 with the documented events they may have followed. Measured outages and outages reported by others are never mixed.',
  from: '2010-01-01T00:00:00.000Z',
  refresh: '',
  variables: [oneCountry(), oneService()],
  annotations: [measuredIncidents(), reportedIncidents(), triggerEvents()],
  sections: [INCIDENTS, OUTAGES, EVENTS],
}
