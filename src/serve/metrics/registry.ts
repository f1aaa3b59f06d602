/** registry: what prom-client counts into, with Node's own metrics in it, and how series of what is gone are let go of. */
import { type OpenMetricsContentType, Registry, collectDefaultMetrics } from 'prom-client'

/** Of the kind that may hold exemplars; which format is written is settled at each scrape. */
export type MetricRegistry = Registry<OpenMetricsContentType>

/** Gauges that end in `_total`, which is for counters; their parts by type are there without it. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

export function newRegistry(): MetricRegistry {
  const registry: MetricRegistry = new Registry()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  return registry
}

type Labels = Readonly<Record<string, string | number | undefined>>

/** A counter or histogram, as far as its series are concerned. */
interface Series {
  readonly get: () => Promise<{ readonly values: readonly { readonly labels: Labels }[] }>
  readonly remove: (labels: Record<string, string>) => void
}

/** Removes the series whose labels speak of something that is no longer watched. @param keep `service` is empty where a series has none */
export async function keepOnly(
  metric: Series,
  keep: (vantage: string, service: string) => boolean,
): Promise<void> {
  const { values } = await metric.get()
  for (const { labels } of values) {
    const own = ownLabels(labels)
    if (!keep(own['vantage'] ?? '', own['service'] ?? '')) metric.remove(own)
  }
}

/** Makes series of a histogram exist at 0; those that are there keep what they have. */
export async function startAtZero<Wanted extends Readonly<Record<string, string>>>(
  histogram: Pick<Series, 'get'> & { readonly zero: (labels: Wanted) => void },
  wanted: readonly Wanted[],
): Promise<void> {
  const { values } = await histogram.get()
  const there = new Set(values.map(({ labels }) => keyOf(labels)))
  for (const labels of wanted) if (!there.has(keyOf(labels))) histogram.zero(labels)
}

function ownLabels(labels: Labels): Record<string, string> {
  const own = Object.entries(labels).filter(([name]) => name !== 'le')
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]))
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(ownLabels(labels)).sort(([a], [b]) => (a < b ? -1 : 1)))
}
