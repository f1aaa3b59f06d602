/** prober: the lookout watching itself: is it on time, does it lose anything, does its disk hold, is its configuration in force. */
import type { Plan } from '../assemble.ts'
import { GLANCE } from './glance.ts'
import { SCHEDULE } from './schedule.ts'
import { STORE } from './store.ts'
import { THREADS } from './threads.ts'

export const prober: Plan = {
  name: 'prober',
  title: 'didbon: the prober itself',
  description:
    'Whether didbon is on time, loses no data, has free disk space and runs the current configuration.',
  from: 'now-6h',
  refresh: '30s',
  variables: [],
  annotations: [],
  sections: [GLANCE, SCHEDULE, THREADS, STORE],
}
