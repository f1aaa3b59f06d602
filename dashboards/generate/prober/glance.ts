/** glance: the few numbers that say whether anything is wrong with the lookout, its alerts, and what is running. */
import { type Section, line } from '../assemble.ts'
import { toDashboard } from '../links.ts'
import { COLOURS } from '../palette.ts'
import { number } from '../panels.ts'
import { now, rows } from '../prometheus.ts'
import { type Column, table } from '../table.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

const config = number({
  title: 'Last configuration',
  description: 'Whether the last configuration read is in force; if it was rejected, the previous one stays.',
  words: { 0: 'rejected', 1: 'loaded' },
  unit: 'none',
  targets: [now('didbon_config_last_reload_successful', 'loaded')],
  steps: [
    [0, COLOURS.vermillion],
    [1, COLOURS.bluishGreen],
  ],
})

const failing = number({
  title: 'Last commit',
  description: 'Whether measurements are on disk; if the last commit failed, they wait in memory.',
  words: { 0: 'succeeded', 1: 'failed' },
  unit: 'none',
  targets: [now('didbon_store_failing', 'failing')],
  steps: [
    [0, COLOURS.bluishGreen],
    [1, COLOURS.vermillion],
  ],
})

const room = number({
  title: 'Free disk space',
  description: 'On the disk that holds the database.',
  unit: 'bytes',
  targets: [now('didbon_store_free_bytes', 'free')],
  steps: [
    [0, COLOURS.vermillion],
    [GIB, COLOURS.orange],
    [5 * GIB, COLOURS.bluishGreen],
  ],
})

const late = number({
  title: 'Start delay',
  description:
    '99th percentile, over the last five minutes, of the delay between the scheduled and the actual start of a probe.',
  unit: 's',
  targets: [
    now('histogram_quantile(0.99, sum by (le) (rate(didbon_schedule_lateness_seconds_bucket[5m])))', 'late'),
  ],
  steps: [
    [0, COLOURS.bluishGreen],
    [0.5, COLOURS.orange],
    [2, COLOURS.vermillion],
  ],
})

const memory = number({
  title: 'Memory',
  description: 'Resident memory of the process, all threads.',
  unit: 'bytes',
  targets: [now('process_resident_memory_bytes{job="didbon"}', 'resident')],
  steps: [
    [0, COLOURS.bluishGreen],
    [200 * MIB, COLOURS.orange],
    [400 * MIB, COLOURS.vermillion],
  ],
})

const running = number({
  title: 'Running for',
  description: 'Since the process started.',
  unit: 's',
  targets: [now('time() - process_start_time_seconds{job="didbon"}', 'running')],
})

const ALERTS: readonly Column[] = [
  { field: 'alertname', title: 'Alert' },
  {
    field: 'severity',
    title: 'Severity',
    colours: { critical: COLOURS.vermillion, warning: COLOURS.orange, info: COLOURS.skyBlue },
  },
  {
    field: 'alertstate',
    title: 'State',
    colours: { firing: COLOURS.vermillion, pending: COLOURS.yellow },
  },
  {
    field: 'service',
    title: 'Service',
    links: [toDashboard('This service in detail', 'service', 'var-service=${__value.raw}')],
  },
  {
    field: 'vantage',
    title: 'Vantage',
    links: [toDashboard('The vantages', 'vantages', 'var-vantage=${__value.raw}')],
  },
]

const alerts = table(
  {
    title: 'Alerts',
    description:
      'Alerts pending or firing in Prometheus at the end of the time range. Empty while there are none.',
    unit: 'none',
    targets: [rows('ALERTS{about=~".+",severity!="none"}')],
  },
  ALERTS,
)

const REFUSED: readonly Column[] = [{ field: 'reason', title: 'First problem' }]

const refused = table(
  {
    title: 'Why the last configuration was rejected',
    description: 'Its first problem. Empty while the last one read is in force.',
    unit: 'none',
    targets: [rows('didbon_config_rejected_info')],
  },
  REFUSED,
)

const BUILD: readonly Column[] = [
  { field: 'version', title: 'didbon' },
  { field: 'node', title: 'Node.js' },
  { field: 'instance', title: 'Scraped at' },
]

const build = table(
  {
    title: 'What is running',
    description: 'Version of didbon and of Node.js.',
    unit: 'none',
    targets: [rows('didbon_build_info')],
  },
  BUILD,
)

export const GLANCE: Section = {
  title: 'At a glance',
  lines: [
    line(4, [config, 4], [failing, 4], [room, 4], [late, 4], [memory, 4], [running, 4]),
    line(7, [alerts, 12], [refused, 6], [build, 6]),
  ],
}
