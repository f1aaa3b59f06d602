/** report: what a person would paste into a brief about a period, in Markdown. */
import { allRows } from '../model/cursor.ts'
import type { History } from '../model/history.ts'
import type { EvidenceKind } from '../model/incident.ts'
import { VERSION } from '../version.ts'
import { periodOf } from './period.ts'
import type { Findings } from './report-incident.ts'
import { reportMarkdown } from './report-markdown.ts'
import type { Period } from '../views/state-series.ts'
import { print } from './print.ts'
import { withHistory } from './with-history.ts'

export interface ReportOptions {
  readonly config?: string
  readonly since: string
  readonly until?: string
}

/** Prints the report. @returns exit code */
export async function reportCommand({ config: file, since, until }: ReportOptions): Promise<number> {
  return withHistory(file, async ({ history, config, now }) => {
    const period = periodOf(since, until, now)
    print(
      reportMarkdown({
        ...(await gather(history, period)),
        period,
        zone: config.schedule.timezone,
        names: new Map(config.services.map(({ id, name }) => [id, name])),
        now,
        version: VERSION,
      }),
    )
    return 0
  })
}

async function gather(
  history: History,
  { fromAt: since, untilAt: until }: Period,
): Promise<Pick<Findings, 'rows' | 'measured' | 'reported' | 'events' | 'significance'>> {
  const incidentsOf = async (kind: EvidenceKind) => {
    const found = await allRows((paging) =>
      history.incidents({ ...paging, since, until, kind, order: 'oldest' }),
    )
    const incidents = await Promise.all(found.map(({ id }) => history.incident(id)))
    return incidents.filter((incident) => incident !== null)
  }
  const events = await allRows((paging) => history.events({ ...paging, retracted: true }))
  return {
    rows: await history.timeline({ since, until }),
    measured: await incidentsOf('measured'),
    reported: await incidentsOf('reported'),
    events: new Map(events.map(({ event }) => [event.id, event])),
    significance: (await history.correlations({})).significance,
  }
}
