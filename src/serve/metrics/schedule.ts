/** schedule: whether probes start when they should. */
import { Counter, Histogram } from 'prom-client'
import type { LiveGauge } from './live.ts'
import type { MetricRegistry } from './registry.ts'

const LATE_BUCKETS_S = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10]

/** Why a scheduled probe was not started. `missed`: a whole round was. */
const SKIPS = ['overlap', 'late', 'missed', 'replaced'] as const
export type Skip = (typeof SKIPS)[number]

export function scheduleCounts(registry: MetricRegistry) {
  const registers = [registry]
  const lateness = new Histogram({
    name: 'didbon_schedule_lateness_seconds',
    help: 'Delay between the scheduled and the actual start of a probe',
    buckets: LATE_BUCKETS_S,
    registers,
  })
  const skipped = new Counter({
    name: 'didbon_schedule_skipped_total',
    help: 'Scheduled probes that were not started; missed: whole rounds',
    labelNames: ['reason'],
    registers,
  })
  for (const reason of SKIPS) skipped.inc({ reason }, 0)
  return {
    started: (lateMs: number): void => lateness.observe(lateMs / 1000),
    skipped: (reason: Skip, count: number): void => skipped.inc({ reason }, count),
  }
}

export const SCHEDULE_GAUGES: readonly LiveGauge[] = [
  {
    name: 'didbon_schedule_probes',
    help: 'Scheduled probes in flight, and waiting for their time or for a free slot',
    labelNames: ['state'],
    read(put, { load }) {
      put(load.inFlight, 'in_flight')
      put(load.waiting, 'waiting')
    },
  },
]
