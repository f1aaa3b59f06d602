/** store: does the database keep up, and does its disk hold. */
import { type Section, line } from '../assemble.ts'
import { COLOURS } from '../palette.ts'
import { QUANTILE_COLOURS, curves } from '../panels.ts'
import { curve, quantiles } from '../prometheus.ts'

const GIB = 1024 ** 3

const size = curves(
  {
    title: 'Size of the database',
    description: 'The file and its write-ahead log.',
    unit: 'bytes',
    targets: [
      curve('didbon_store_size_bytes', 'database'),
      curve('didbon_store_wal_size_bytes', 'write-ahead log'),
    ],
  },
  { database: COLOURS.blue, 'write-ahead log': COLOURS.orange },
)

const room = curves(
  {
    title: 'Free disk space over time',
    description:
      'On the disk that holds the database. When it runs out, raw measurements are dropped before anything else.',
    unit: 'bytes',
    targets: [curve('didbon_store_free_bytes', 'free')],
    steps: [
      [0, COLOURS.vermillion],
      [GIB, COLOURS.bluishGreen],
    ],
  },
  { free: COLOURS.blue },
)

const commits = curves(
  {
    title: 'Commit duration',
    description: 'Time until a commit is on disk: median and 99th percentile.',
    unit: 's',
    targets: quantiles('didbon_store_commit_duration_seconds'),
    steps: [
      [0, COLOURS.bluishGreen],
      [1, COLOURS.orange],
    ],
  },
  QUANTILE_COLOURS,
)

const queue = curves(
  {
    title: 'Rows waiting, and dropped',
    description:
      'Rows waiting for the next commit, and raw measurements dropped since the start because the disk did not accept them.',
    unit: 'none',
    targets: [
      curve('didbon_store_queued_rows', 'waiting'),
      curve('didbon_store_rows_dropped_total', 'dropped'),
    ],
  },
  { waiting: COLOURS.blue, dropped: COLOURS.vermillion },
)

export const STORE: Section = {
  title: 'Store',
  lines: [line(8, [size, 6], [room, 6], [commits, 6], [queue, 6])],
}
