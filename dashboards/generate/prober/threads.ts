/** threads: does the stopwatch get its turn in time, and what does it all take. */
import { type Section, line } from '../assemble.ts'
import { COLOURS } from '../palette.ts'
import { QUANTILE_COLOURS, curves } from '../panels.ts'
import { curve, quantiles } from '../prometheus.ts'

const probing = curves(
  {
    title: 'Probing thread, delay',
    description:
      'Event-loop delay of the threads that probe. Measurements from a thread more than 0.1 s late are discarded.',
    unit: 's',
    targets: quantiles('didbon_probe_loop_lag_seconds'),
    steps: [
      [0, COLOURS.bluishGreen],
      [0.1, COLOURS.vermillion],
    ],
  },
  QUANTILE_COLOURS,
)

const main = curves(
  {
    title: 'Main thread, delay',
    description: 'Event-loop delay of the thread that judges, writes and serves.',
    unit: 's',
    targets: [
      curve('nodejs_eventloop_lag_p50_seconds{job="didbon"}', 'median'),
      curve('nodejs_eventloop_lag_p99_seconds{job="didbon"}', '99 of 100'),
    ],
  },
  QUANTILE_COLOURS,
)

const memory = curves(
  {
    title: 'Memory and processor',
    description: 'Resident memory, and heap of the main thread (left); cores used (right).',
    unit: 'bytes',
    targets: [
      curve('process_resident_memory_bytes{job="didbon"}', 'resident'),
      curve('nodejs_heap_size_used_bytes{job="didbon"}', 'heap'),
      curve('rate(process_cpu_seconds_total{job="didbon"}[$__rate_interval])', 'cores'),
    ],
  },
  { resident: COLOURS.blue, heap: COLOURS.skyBlue, cores: COLOURS.orange },
).overrideByName('cores', [
  { id: 'unit', value: 'none' },
  { id: 'custom.axisPlacement', value: 'right' },
])

export const THREADS: Section = {
  title: 'Threads and memory',
  lines: [line(8, [probing, 8], [main, 8], [memory, 8])],
}
