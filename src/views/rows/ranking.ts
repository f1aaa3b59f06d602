/** Which events an incident may have followed, and whether incidents follow events at all, as it is seen outside. */
import { z } from 'zod'
import { isoWindow } from '../iso.ts'
import type { Ranking, Significance } from '../../model/correlation.ts'
import { between, type Shown } from './shown.ts'

const candidate = z.strictObject({
  event: z.string(),
  lagHours: z
    .tuple([z.number(), z.number()])
    .describe('Least and most hours from event to onset; negative: the outage came first'),
  density: z.number().describe('Expected lag density over both windows, per hour'),
  lambda: z.number().describe('Candidate events of the country per hour'),
  bayesFactor: z.number().describe('density / lambda'),
  relevance: z.number(),
  weight: z
    .number()
    .describe(
      'bayesFactor x relevance; at most 1 where a window is too wide, and at most 0.02 for the part of an unplanned event that may lie after the outage',
    ),
  posterior: z.number().describe('weight / (noneWeight + all weights)'),
  documented: z.boolean().describe('A source names it as the trigger; plays no part in the numbers'),
  reasons: z.array(z.string()),
})

export const rankingRow = z
  .strictObject({
    id: z.string().describe('Id of the incident'),
    kind: z.enum(['measured', 'reported']),
    onset: between(),
    documentedTrigger: z.string().nullable().describe('The first of documentedTriggers'),
    documentedTriggers: z.array(z.string()),
    candidates: z.array(candidate).describe('The likeliest first; posteriors and none add up to 1'),
    noneWeight: z.number(),
    none: z.number().nullable().describe('Posterior of none of them; null: the onset is not known'),
  })
  .meta({ id: 'Ranking' })

const significance = z.strictObject({
  kind: z.enum(['measured', 'reported']),
  incidents: z.int(),
  leftOut: z.int(),
  events: z.int(),
  observed: z.number(),
  expected: z.number(),
  p: z.number(),
  shifts: z.int(),
  rateRatio: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  level: z.number(),
  caveat: z.string().describe('To be shown wherever the numbers are'),
})

export const correlationsBody = z
  .strictObject({
    incidents: z.array(rankingRow).describe('The oldest onset first'),
    significance: z
      .strictObject({ measured: significance.nullable(), reported: significance.nullable() })
      .describe(
        'Over the whole record, whatever time range was requested; null: not requested, or nothing to test',
      ),
    next: z.string().nullable().describe('Path and query of the next page; null: this was the last'),
  })
  .meta({ id: 'Correlations' })

/** One line of the CSV: an incident and one candidate of it. */
export const correlationLine = z.strictObject({
  incident: z.string(),
  kind: z.string(),
  onset: between(),
  none: z.number().nullable(),
  ...candidate.partial().shape,
})

export function showRanking(ranking: Ranking): Shown<typeof rankingRow> {
  return {
    id: ranking.incident,
    kind: ranking.kind,
    onset: isoWindow(ranking.onset),
    documentedTrigger: ranking.documentedTriggers[0] ?? null,
    documentedTriggers: ranking.documentedTriggers,
    candidates: ranking.candidates,
    noneWeight: ranking.noneWeight,
    none: ranking.none,
  }
}

export function showCorrelations(answer: {
  readonly incidents: readonly Ranking[]
  readonly significance: { readonly measured: Significance | null; readonly reported: Significance | null }
}): Omit<Shown<typeof correlationsBody>, 'next'> {
  return { incidents: answer.incidents.map(showRanking), significance: answer.significance }
}

/** An incident without candidates is a line too. */
export function correlationLines(rankings: readonly Ranking[]): Shown<typeof correlationLine>[] {
  return rankings.flatMap(({ incident, kind, onset, none, candidates }) => {
    const start = { incident, kind, onset: isoWindow(onset), none }
    return candidates.length === 0 ? [start] : candidates.map((candidate) => ({ ...start, ...candidate }))
  })
}
