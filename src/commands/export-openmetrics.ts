/** export-openmetrics: states and outages of the record, measured and reported, as samples that Prometheus takes in. */
import {
  OUTAGE_FAMILY,
  STATE_FAMILY,
  outageSeries,
  reportSeries,
  stateSeries,
} from '../export/history-series.ts'
import { type Family, type Series, defaultStepMs, openMetrics } from '../export/openmetrics.ts'
import { STATE_OF_MODE } from '../history/timeline.ts'
import { allRows } from '../model/cursor.ts'
import type { History } from '../model/history.ts'
import { parseLength } from '../model/time.ts'
import { extentOf } from '../model/extent.ts'
import type { Export, ExportOptions } from './export-format.ts'
import type { Period } from '../views/state-series.ts'
import type { Opened } from './with-history.ts'

const PAGE = 500

export async function exportOpenMetrics(
  { history, record, now }: Opened,
  { fromAt: since, untilAt: until }: Period,
  { step }: ExportOptions,
): Promise<Export> {
  const span = { since, until }
  const stepMs = step === undefined ? defaultStepMs(span) : parseLength(step, '--step')
  const incidents = await incidentsByMember(history, span)
  const countries = new Map(record.vantages().map(({ id, country }) => [id, country]))
  const [newest] = (await history.measurements({ since: 0, until: now, limit: 1 })).rows

  async function* states(): AsyncGenerator<Series> {
    for (const row of await history.timeline(span)) yield* stateSeries(row)
  }

  async function* outages(): AsyncGenerator<Series> {
    let after: string | null = null
    do {
      const paging = { limit: PAGE, order: 'oldest', ...(after !== null && { after }) } as const
      const page: Awaited<ReturnType<History['outages']>> = await history.outages({ ...span, ...paging })
      for (const outage of page.rows) {
        yield* outageSeries(outage, {
          country: countries.get(outage.vantage) ?? '',
          incident: incidents.get(outage.id) ?? '',
          knownUntilAt: newest?.endedAt ?? 0,
        })
      }
      after = page.next
    } while (after !== null)
    for (const report of await allRows((paging) => history.reports({ ...span, ...paging }))) {
      const { startAt, untilAt } = extentOf('reported', report.onset, report.end)
      const interval = { fromAt: startAt, untilAt }
      const incident = incidents.get(report.id) ?? ''
      yield* reportSeries(report, { cause: STATE_OF_MODE[report.mode], incident, interval })
    }
  }

  const families: readonly Family[] = [
    { ...STATE_FAMILY, series: states() },
    { ...OUTAGE_FAMILY, series: outages() },
  ]
  let samples = 0
  async function* counted(): AsyncGenerator<string> {
    for await (const line of openMetrics(families, span, stepMs)) {
      if (!line.startsWith('#')) samples += 1
      yield line
    }
  }
  return {
    lines: counted(),
    summary: () => `${samples} samples, one every ${stepMs / 1000} s while something held`,
  }
}

async function incidentsByMember(
  history: History,
  span: { readonly since: number; readonly until: number },
): Promise<ReadonlyMap<string, string>> {
  const found = await allRows((paging) => history.incidents({ ...span, ...paging }))
  return new Map(found.flatMap(({ id, members }) => members.map((member) => [member, id] as const)))
}
