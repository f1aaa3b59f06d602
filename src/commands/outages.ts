/** outages: the log of outages, read beside a running daemon. */
import { stringify } from 'csv-stringify/sync'
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import type { Cause, Outage } from '../model/outage.ts'
import { parseTime } from '../model/time.ts'
import { openStoreReadOnly } from '../store/reader.ts'
import { table } from './table.ts'
import { showSpan, showTime } from './time.ts'

export interface OutagesOptions {
  readonly config?: string
  readonly service?: string
  readonly vantage?: string
  readonly cause?: Cause
  readonly since?: string
  readonly until?: string
  readonly open?: boolean
  readonly limit: number
  readonly format: 'table' | 'json' | 'csv'
}

/** What an outage looks like outside: times in ISO 8601, `null` for what is not known or not over. */
interface OutageRow {
  readonly id: string
  readonly service: string | null
  readonly vantage: string
  readonly cause: Cause
  readonly mechanism: string | null
  readonly onset: readonly [string | null, string]
  readonly end: readonly [string, string] | null
  readonly opened: string
  readonly closed: string | null
  readonly durationMs: number
  readonly reopened: number
  readonly because: string
}

/** Prints outages, newest first. @returns exit code */
export async function outagesCommand(options: OutagesOptions): Promise<number> {
  const now = Date.now()
  const { store: settings } = await loadConfig(locateConfig(options.config, process.env), process.env)
  const store = openStoreReadOnly(settings.path)
  try {
    const outages = await store.outages({
      ...(options.service !== undefined && { service: options.service }),
      ...(options.vantage !== undefined && { vantage: options.vantage }),
      ...(options.cause !== undefined && { cause: options.cause }),
      ...(options.since !== undefined && { since: parseTime(options.since, '--since', now) }),
      ...(options.until !== undefined && { until: parseTime(options.until, '--until', now) }),
      ...(options.open !== undefined && { open: options.open }),
      limit: options.limit,
    })
    process.stdout.write(`${render(outages, options.format, now)}\n`)
    return 0
  } finally {
    store.close()
  }
}

function render(outages: readonly Outage[], format: OutagesOptions['format'], now: number): string {
  const rows = outages.map((outage) => rowOf(outage, now))
  if (format === 'json') return JSON.stringify(rows, null, 2)
  if (format === 'csv') {
    return stringify(
      rows.map(({ onset, end, ...row }) => ({
        ...row,
        onsetAfter: onset[0],
        onsetBefore: onset[1],
        endAfter: end?.[0],
        endBefore: end?.[1],
      })),
      { header: true, columns: CSV_COLUMNS },
    ).trimEnd()
  }
  if (rows.length === 0) return 'No outage matches.'
  return table(
    ['onset (UTC)', 'lasted', 'service', 'vantage', 'cause', 'mechanism', 'why'],
    outages.map((outage) => [
      showTime(outage.onsetBeforeAt),
      showSpan((outage.endBeforeAt ?? now) - outage.onsetBeforeAt) +
        (outage.closedAt === null ? ' so far' : ''),
      outage.service ?? '(all)',
      outage.vantage,
      outage.cause,
      outage.mechanism ?? '-',
      outage.causes.at(-1)?.reason ?? '',
    ]),
  )
}

const CSV_COLUMNS = [
  'id',
  'service',
  'vantage',
  'cause',
  'mechanism',
  'onsetAfter',
  'onsetBefore',
  'endAfter',
  'endBefore',
  'opened',
  'closed',
  'durationMs',
  'reopened',
  'because',
]

/** An outage with its times as ISO 8601; also what the demo prints. */
export function rowOf(outage: Outage, now: number): OutageRow {
  return {
    id: outage.id,
    service: outage.service,
    vantage: outage.vantage,
    cause: outage.cause,
    mechanism: outage.mechanism,
    onset: [iso(outage.onsetAfterAt), iso(outage.onsetBeforeAt)],
    end:
      outage.endAfterAt === null || outage.endBeforeAt === null
        ? null
        : [iso(outage.endAfterAt), iso(outage.endBeforeAt)],
    opened: iso(outage.openedAt),
    closed: iso(outage.closedAt),
    durationMs: (outage.endBeforeAt ?? now) - outage.onsetBeforeAt,
    reopened: outage.reopened,
    because: outage.causes.at(-1)?.reason ?? '',
  }
}

function iso(at: number): string
function iso(at: number | null): string | null
function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
