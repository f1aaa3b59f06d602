/**
 * exposition: metrics as text, in either of the formats Prometheus reads.
 *
 * Written here rather than by prom-client's `registry.metrics()`, which keeps the format on the registry, asks for it again while
 * it waits, and takes `_total` off the counters for good once it has written OpenMetrics: two scrapes with different Accept
 * headers would disturb each other. prom-client still counts; only the writing is ours.
 *
 * Both formats spell values and labels alike, `le` included, so that a series is the same whichever one is scraped.
 */
import { type OpenMetricsContentType, Registry } from 'prom-client'
import type { LiveGauge, Seen } from './live.ts'

export type Exposition = 'text' | 'openmetrics'

export const CONTENT_TYPES = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const satisfies Record<Exposition, string>

/** A family as prom-client hands it over; its own types leave out half of it. */
interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values: readonly Sample[]
}

interface Sample {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  /** of a histogram's series: `..._bucket`, `..._sum`, `..._count` */
  readonly metricName?: string
  readonly exemplar?: {
    readonly labelSet: Readonly<Record<string, string>>
    readonly value: number
    readonly timestamp: number
  } | null
}

/** Writes every family, those that are counted first. */
export async function expose(
  registry: Registry<OpenMetricsContentType>,
  gauges: readonly LiveGauge[],
  see: () => Seen,
  format: Exposition,
): Promise<string> {
  // All that waits comes first; from here on it is one piece of work.
  const families = (await registry.getMetricsAsJSON()) as unknown as readonly Family[]
  const lines: string[] = []
  for (const family of families) counted(lines, family, format)
  const seen = see()
  for (const gauge of gauges) live(lines, gauge, seen, format)
  if (format === 'openmetrics') lines.push('# EOF')
  lines.push('')
  return lines.join('\n')
}

function counted(lines: string[], { name, help, type, values }: Family, format: Exposition): void {
  head(lines, familyOf(name, type, format), help, type)
  for (const { metricName = name, labels, value, exemplar } of values) {
    const line = `${metricName}${labelsText(labels)} ${numberText(value)}`
    lines.push(format === 'openmetrics' && exemplar ? `${line} # ${exemplarText(exemplar)}` : line)
  }
}

function live(lines: string[], gauge: LiveGauge, seen: Seen, format: Exposition): void {
  const { name, help, type = 'gauge', labelNames, read } = gauge
  head(lines, familyOf(name, type, format), help, type)
  const before = labelNames.map((label, i) => `${i === 0 ? '{' : '",'}${label}="`)
  const put = (value: number, ...labels: readonly string[]): void => {
    let line = name
    for (const [i, label] of labels.entries()) line += before[i] + escape(label)
    lines.push(`${line}${labels.length > 0 ? '"} ' : ' '}${numberText(value)}`)
  }
  read(put, seen)
}

/** OpenMetrics calls the family of a counter by its name without `_total`. */
function familyOf(name: string, type: string, format: Exposition): string {
  return format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name
}

function head(lines: string[], name: string, help: string, type: string): void {
  lines.push(`# HELP ${name} ${escape(help)}`, `# TYPE ${name} ${type}`)
}

/** prom-client keeps the labels of a series in one object as long as it lives, so each is written once. */
const written = new WeakMap<object, string>()

function labelsText(labels: Sample['labels']): string {
  const before = written.get(labels)
  if (before !== undefined) return before
  const text = pairs(Object.entries(labels))
  written.set(labels, text)
  return text
}

function pairs(labels: readonly (readonly [string, string | number])[]): string {
  if (labels.length === 0) return ''
  const parts = labels.map(
    ([name, value]) => `${name}="${typeof value === 'number' ? boundText(name, value) : escape(value)}"`,
  )
  return `{${parts.join(',')}}`
}

function exemplarText({ labelSet, value, timestamp }: NonNullable<Sample['exemplar']>): string {
  return `${pairs(Object.entries(labelSet)) || '{}'} ${numberText(value)} ${timestamp}`
}

/** A bucket's bound is a float, `1.0`: OpenMetrics wants it so. */
function boundText(name: string, value: number): string {
  return name === 'le' && Number.isInteger(value) ? `${value}.0` : String(value)
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

const SPECIAL = /["\\\n]/
const ESCAPED: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n' }

function escape(text: string): string {
  return SPECIAL.test(text) ? text.replace(/["\\\n]/g, (character) => ESCAPED[character]!) : text
}
