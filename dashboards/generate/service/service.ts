/** service: one service in depth: its state by vantage, the measurements that failed and how, its speed beside the control, its certificates. */
import { measuredIncidents, triggerEvents } from '../annotations.ts'
import type { Plan } from '../assemble.ts'
import { countries, oneService, outcome, vantages } from '../variables.ts'
import { CERTIFICATES } from './certificates.ts'
import { EVIDENCE } from './evidence.ts'
import { LOOKS } from './measurements.ts'
import { SPEED } from './speed.ts'
import { STATE } from './state.ts'

export const service: Plan = {
  name: 'service',
  title: 'didbon: one service',
  description:
    'One service by vantage: which layer fails and how, how fast it is compared with the control, its certificates.',
  from: 'now-24h',
  refresh: '30s',
  variables: [countries('role="probe"'), oneService(), vantages('role="probe"'), outcome()],
  annotations: [measuredIncidents(), triggerEvents()],
  sections: [STATE, LOOKS, EVIDENCE, SPEED, CERTIFICATES],
}
