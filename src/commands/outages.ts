/** outages: the log of outages, measured and reported side by side, read beside a running daemon. */
import type { EvidenceKind } from '../model/incident.ts'
import type { Cause } from '../model/outage.ts'
import type { Report } from '../model/report.ts'
import { type OutageOfKind, outagesOfKinds } from '../serve/api/both-kinds.ts'
import { showOutageOfKind } from '../views/rows/outage-of-kind.ts'
import { csv } from '../views/csv.ts'
import { spanOf } from './period.ts'
import { showTargets } from './ranking-text.ts'
import { table } from '../views/text/table.ts'
import { showSpan, showTime } from '../views/text/time.ts'
import { showWindow } from '../views/text/window.ts'
import { all, print, withHistory } from './with-history.ts'

export interface OutagesOptions {
  readonly config?: string
  readonly kind: EvidenceKind | 'all'
  readonly service?: string
  readonly vantage?: string
  readonly cause?: Cause
  readonly since?: string
  readonly until?: string
  readonly open?: boolean
  readonly limit: number
  readonly format: 'table' | 'json' | 'csv'
}

/** Prints outages, newest first. @returns exit code */
export async function outagesCommand(options: OutagesOptions): Promise<number> {
  return withHistory(options.config, async ({ history, now }) => {
    const { kind, service, vantage, cause, open, limit, format } = options
    const span = spanOf(options, now)
    const found = await all(
      (paging) =>
        outagesOfKinds(history, {
          ...paging,
          ...span,
          kind,
          ...(service !== undefined && { service }),
          ...(vantage !== undefined && { vantage }),
          ...(cause !== undefined && { cause }),
          ...(open !== undefined && { open }),
        }),
      limit,
    )
    print(render(found, format, now))
    return 0
  })
}

function render(found: readonly OutageOfKind[], format: OutagesOptions['format'], now: number): string {
  if (format === 'json') return JSON.stringify(found.map(showOutageOfKind), null, 2)
  if (format === 'csv') return csv(found.map(csvRow), CSV_COLUMNS)
  if (found.length === 0) return 'No outage matches.'
  return table(
    ['onset (UTC)', 'lasted', 'kind', 'service', 'vantage', 'cause', 'mechanism', 'why'],
    found.map((one) =>
      one.kind === 'measured' ? measuredCells(one.outage, now) : reportedCells(one.report),
    ),
  )
}

function measuredCells(outage: Extract<OutageOfKind, { kind: 'measured' }>['outage'], now: number): string[] {
  return [
    showTime(outage.onsetBeforeAt),
    showSpan((outage.endBeforeAt ?? now) - outage.onsetBeforeAt) +
      (outage.closedAt === null ? ' so far' : ''),
    'measured',
    outage.service ?? '(all)',
    outage.vantage,
    outage.cause,
    outage.mechanism ?? '-',
    outage.causes.at(-1)?.reason ?? '',
  ]
}

/** What nobody looked at from anywhere has no vantage, and how it was done is what the report calls it. */
function reportedCells(report: Report): string[] {
  return [
    showWindow(report.onset, 'UTC'),
    showLength(report),
    'reported',
    showTargets(report, 3),
    '-',
    report.mode,
    '-',
    `Reported by ${report.reportedBy}.`,
  ]
}

/** As short and as long as the windows of onset and end allow. */
function showLength({ onset, end }: Report): string {
  if (onset.earliestAt === null || end.latestAt === null) return 'not known'
  const most = showSpan(Math.max(0, end.latestAt - onset.earliestAt))
  if (onset.latestAt === null || end.earliestAt === null) return `up to ${most}`
  const leastMs = end.earliestAt - onset.latestAt
  return leastMs <= 0 ? `up to ${most}` : `${showSpan(leastMs)} to ${most}`
}

function csvRow(found: OutageOfKind) {
  const { onset, end, ...row } = showOutageOfKind(found)
  return { ...row, onsetAfter: onset[0], onsetBefore: onset[1], endAfter: end?.[0], endBefore: end?.[1] }
}

const CSV_COLUMNS = [
  'id',
  'kind',
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
  'services',
  'otherTargets',
  'mode',
  'episode',
  'country',
  'regions',
  'isps',
  'reportedBy',
  'documentedTrigger',
  'confidence',
]
