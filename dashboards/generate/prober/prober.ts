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
    'Whether the lookout is on time, loses nothing, has room on its disk and runs the configuration it was given.',
  from: 'now-6h',
  refresh: '30s',
  variables: [],
  annotations: [],
  sections: [GLANCE, SCHEDULE, THREADS, STORE],
}
