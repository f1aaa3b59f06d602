/** outages: the log of outages, measured and reported side by side, read beside a running daemon. */
import type { Outage } from '../model/outage.ts'
import type { Report } from '../model/report.ts'
import { type OutagesOfKindsQuery, type OutageOfKind, outagesOfKinds } from '../views/outages-of-kinds.ts'
import { outageOfKindRow, showOutageOfKind } from '../views/rows/outage-of-kind.ts'
import { showSpan, showTime } from '../views/text/time.ts'
import { showWindow } from '../views/text/window.ts'
import { listCommand } from './list.ts'
import { showTargets } from './ranking-text.ts'

type Filters = Pick<OutagesOfKindsQuery, 'kind' | 'service' | 'vantage' | 'cause' | 'open'>

/** Prints outages, newest first. @returns exit code */
export const outagesCommand = listCommand<Filters, OutageOfKind>({
  find: outagesOfKinds,
  rows: (_zone, now) => ({
    row: outageOfKindRow,
    show: showOutageOfKind,
    heading: ['onset (UTC)', 'lasted', 'kind', 'service', 'vantage', 'cause', 'mechanism', 'why'],
    cells: (found) =>
      found.kind === 'measured' ? measuredCells(found.outage, now) : reportedCells(found.report),
    none: 'No outage matches.',
  }),
})

/** How long a measured outage lasted, by its first failed and its first fine measurement. */
export function showDuration({ onsetBeforeAt, endBeforeAt, closedAt }: Outage, now: number): string {
  return showSpan((endBeforeAt ?? now) - onsetBeforeAt) + (closedAt === null ? ' so far' : '')
}

function measuredCells(outage: Outage, now: number): string[] {
  return [
    showTime(outage.onsetBeforeAt),
    showDuration(outage, now),
    'measured',
    outage.service ?? '(all)',
    outage.vantage,
    outage.cause,
    outage.mechanism ?? '-',
    outage.causes.at(-1)?.reason ?? '',
  ]
}

/** A report has no vantage, and its mode stands in the place of a cause. */
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
