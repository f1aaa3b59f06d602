/** store: how large it is, how long it takes, and whether it takes what is measured. */
import { Histogram } from 'prom-client'
import type { LiveGauge, StoreFacts } from './live.ts'
import type { MetricRegistry } from './registry.ts'

const COMMIT_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

export function storeTimes(registry: MetricRegistry) {
  const commits = new Histogram({
    name: 'didbon_store_commit_duration_seconds',
    help: 'Duration of commits',
    buckets: COMMIT_BUCKETS_S,
    registers: [registry],
  })
  return { committed: (tookMs: number): void => commits.observe(tookMs / 1000) }
}

export const STORE_GAUGES: readonly LiveGauge[] = [
  gauge('size_bytes', 'Size of the database file', ({ bytes }) => bytes),
  gauge('wal_size_bytes', 'Size of the write-ahead log', ({ walBytes }) => walBytes),
  gauge('free_bytes', 'Free space on the disk that holds the database', ({ freeBytes }) => freeBytes),
  gauge('queued_rows', 'Rows waiting for the next commit', ({ queued }) => queued),
  {
    // not dropped_rows_total: in OpenMetrics that family would have the name of the gauge below
    ...gauge(
      'rows_dropped_total',
      'Raw measurements dropped because the disk did not accept them',
      ({ dropped }) => dropped,
    ),
    type: 'counter',
  },
  gauge(
    'dropped_rows',
    'The same since the start, under its old name: gone in the next version; use didbon_store_rows_dropped_total',
    ({ dropped }) => dropped,
  ),
  gauge('last_commit_seconds', 'Duration of the last commit', ({ lastCommitMs }) => lastCommitMs / 1000),
  gauge('failing', 'Whether the last commit failed (1)', ({ failing }) => (failing ? 1 : 0)),
]

function gauge(name: string, help: string, of: (facts: StoreFacts) => number | null): LiveGauge {
  return {
    name: `didbon_store_${name}`,
    help,
    labelNames: [],
    read(put, { store }) {
      const value = of(store)
      if (value !== null) put(value)
    },
  }
}
