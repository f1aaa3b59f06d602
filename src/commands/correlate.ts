/** correlate: what incidents may have followed, with every number a reader needs to check it. */
import { AppError } from '../model/error.ts'
import { allRows } from '../model/cursor.ts'
import type { Ranking, Significance } from '../model/correlation.ts'
import type { Incident } from '../model/incident.ts'
import { showCorrelations } from '../views/rows/ranking.ts'
import { rankingText, reasonsText, showTargets, significanceText } from './ranking-text.ts'
import { print, printJson } from './print.ts'
import { withHistory } from './with-history.ts'
import { isUndated, showWindow } from '../views/text/window.ts'

export interface CorrelateOptions {
  readonly config?: string
  readonly args: readonly string[]
  readonly json?: boolean
}

/** Prints the ranking of one incident or of all, the oldest first, and significance over the record. @returns exit code */
export async function correlateCommand({ config: file, args, json }: CorrelateOptions): Promise<number> {
  return withHistory(file, async ({ history, config }) => {
    const [wanted] = args
    const found = await history.correlations(wanted === undefined ? {} : { incident: wanted })
    const { incidents, significance } = found
    if (wanted !== undefined && incidents.length === 0) throw noIncident(wanted)
    if (json === true) {
      printJson(showCorrelations(found))
      return 0
    }
    const known = await allRows((paging) => history.incidents(paging))
    const byId = new Map(known.map((incident) => [incident.id, incident]))
    print(text(incidents, significance, byId, config.schedule.timezone, wanted !== undefined))
    return 0
  })
}

export function noIncident(id: string): AppError {
  return new AppError('not_found', `There is no incident ${id}. didbon incidents names them all.`)
}

function text(
  rankings: readonly Ranking[],
  significance: Readonly<Record<'measured' | 'reported', Significance | null>>,
  incidents: ReadonlyMap<string, Incident>,
  zone: string,
  everything: boolean,
): string {
  if (rankings.length === 0) return 'There is no incident yet.'
  const parts = rankings.map((ranking) => {
    const incident = incidents.get(ranking.incident)
    const hit = incident === undefined ? '' : `: ${showTargets(incident)}`
    return [
      `${ranking.incident}${hit}`,
      ...[
        `began ${showWindow(ranking.onset, zone)}${isUndated(ranking.onset) ? '' : ` (${zone})`}`,
        ...rankingText(ranking, everything),
        ...(everything ? reasonsText(ranking) : []),
      ].map((line) => `  ${line}`),
    ].join('\n')
  })
  return [...parts, KEY, ...significanceLines(significance)].join('\n\n')
}

/** What is known over the record of each kind, a paragraph each. */
export function significanceLines(
  significance: Readonly<Record<'measured' | 'reported', Significance | null>>,
): string[] {
  return [significance.reported, significance.measured].flatMap((found) =>
    found === null ? [] : [significanceText(found).join('\n')],
  )
}

const KEY = [
  'density/h: how likely the lag is, over both windows.  events/h: how often candidate events come.  Bayes factor: density / events.',
  'weight: Bayes factor x relevance, capped at 1 where a window is too wide to time anything, and at 0.02 for the part of an unplanned event that may lie after the outage.  posterior: weight / sum of all weights, "none of them" among them.',
  '*: a source names it as the trigger; that plays no part in the numbers.  A negative lag: the outage came first.',
].join('\n')
