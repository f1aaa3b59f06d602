/**
 * outages-of-kinds: measured outages and reported ones in one list, side by side and never one inside the other.
 *
 *     pages of outages ─┐
 *                       ├─► in order of onset, and of id where onsets are the same ─► one page
 *     pages of reports ─┘
 *
 * Both are asked from the same place on, so a page ends and the next begins as if they were one table.
 */
import { type Place, byPlace, cursorOf, placeOf } from '../model/cursor.ts'
import { AppError } from '../model/error.ts'
import { extentOf } from '../model/extent.ts'
import type { History, OutageQuery, Page } from '../model/history.ts'
import type { EvidenceKind } from '../model/incident.ts'
import type { Outage } from '../model/outage.ts'
import type { Report } from '../model/report.ts'

export type OutageOfKind =
  | { readonly kind: 'measured'; readonly outage: Outage }
  | { readonly kind: 'reported'; readonly report: Report }

export interface OutagesOfKindsQuery extends OutageQuery {
  /** left out: all */
  readonly kind?: EvidenceKind | 'all'
}

/** What reports do not say; who filters by it gets measured outages alone. */
const MEASURED_ONLY = ['vantage', 'cause', 'mechanism', 'open'] as const

/**
 * One page of outages of the kinds asked for.
 *
 * @throws AppError usage when `after` is no cursor, or reports are asked for by what they do not say
 */
export async function outagesOfKinds(
  history: Pick<History, 'outages' | 'reports'>,
  { kind = 'all', ...query }: OutagesOfKindsQuery,
): Promise<Page<OutageOfKind>> {
  const narrowed = MEASURED_ONLY.find((key) => query[key] !== undefined)
  if (kind === 'reported' && narrowed !== undefined) {
    throw new AppError(
      'usage',
      'only measured outages have one; leave it out, or do not ask for kind reported',
      { field: narrowed },
    )
  }
  if (query.after !== undefined) placeOf(query.after)
  const { vantage: _vantage, cause: _cause, mechanism: _mechanism, open: _open, ...ofReports } = query
  const { limit, order = 'newest' } = query
  const nothing = { rows: [], next: null }
  const [outages, reports] = await Promise.all([
    kind === 'reported' ? nothing : history.outages(query),
    kind === 'measured' || narrowed !== undefined ? nothing : history.reports(ofReports),
  ])
  const compare = byPlace(order)
  const found = [
    ...outages.rows.map((outage): Placed => ({
      ...placeOfOutage(outage),
      row: { kind: 'measured', outage },
    })),
    ...reports.rows.map((report): Placed => ({
      ...placeOfReport(report),
      row: { kind: 'reported', report },
    })),
  ].sort(compare)
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const more = found.length > limit || outages.next !== null || reports.next !== null
  return { rows: rows.map(({ row }) => row), next: more && last !== undefined ? cursorOf(last) : null }
}

interface Placed extends Place {
  readonly row: OutageOfKind
}

function placeOfOutage({ onsetBeforeAt, id }: Outage): Place {
  return { at: onsetBeforeAt, id }
}

/** As the history sorts them: by the earliest moment it may have begun, as far as anybody says. */
function placeOfReport({ onset, end, id }: Report): Place {
  return { at: extentOf('reported', onset, end).startAt, id }
}
