import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { incidentDetail, outageDetail } from '../../../src/views/rows/detail.ts'
import { eventDetail } from '../../../src/views/rows/event.ts'
import { correlationsBody } from '../../../src/views/rows/ranking.ts'
import { reportRow } from '../../../src/views/rows/report.ts'
import { timelineBody } from '../../../src/views/rows/timeline.ts'
import { BLOCK, LONG_ID, type Served, serve } from './served.ts'

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.close())

async function body<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  const response = await served.get(`/api/v1/${path}`)
  expect(response.status).toBe(200)
  return schema.parse(await response.json())
}

test('an outage -> with its incident and the full measurements that opened it, times in ISO', async () => {
  const { outage, incident, evidence } = await body(`outages/${BLOCK.id}`, outageDetail)
  expect(outage).toMatchObject({ cause: 'blocked', because: 'Resets, again and again.', end: null })
  expect(incident).toBe('measured.tj.20251009T080000Z')
  expect(evidence.map(({ summary }) => summary.id)).toEqual(BLOCK.evidence)
  expect(evidence[0]!.measurement).toMatchObject({
    started: '2025-10-09T08:00:00.000Z',
    observations: [{ layer: 'http', bodyHead: '<b>blocked</b>' }],
  })
})

test('the longest id there can be -> found, not cut off by the router', async () => {
  expect((await body(`outages/${LONG_ID}`, outageDetail)).outage.id).toBe(LONG_ID)
})

test('a measured incident -> with its outages and a ranking that adds up to 1', async () => {
  const { outages, reports, ranking } = await body('incidents/measured.tj.20251009T080000Z', incidentDetail)
  expect([outages.map(({ id }) => id), reports]).toEqual([[BLOCK.id], []])
  const sum = ranking.candidates.reduce((all, { posterior }) => all + posterior, ranking.none ?? 0)
  expect(sum).toBeCloseTo(1, 9)
})

test('a reported incident -> with its reports, never with outages', async () => {
  const { incidents } = await body('correlations?kind=reported', correlationsBody)
  const { outages, reports, incident } = await body(`incidents/${incidents.at(-1)!.id}`, incidentDetail)
  expect([outages, incident.kind]).toEqual([[], 'reported'])
  expect(reports.map(({ id }) => id)).toEqual(incident.members)
})

test('an event -> with who added it, in the form the files have', async () => {
  const event = await body('events/halimov-disappearance-2015-04', eventDetail)
  expect(event).toMatchObject({
    addedBy: 'file:events.yaml',
    retracted: null,
    at: { stated: '2015-04', earliest: '2015-04-22T19:00:00Z', latest: '2015-05-02T18:59:59Z' },
    audit: [{ action: 'added', by: 'file:events.yaml', before: null }],
  })
})

test('a report -> as the file has it', async () => {
  const report = await body('reports/tj-2022-05-gbao-shutdown', reportRow)
  expect(report).toMatchObject({ kind: 'reported', mode: 'regional-shutdown', regions: ['TJ-GB'] })
})

test('correlations -> rankings with every factor, and significance with its caveat', async () => {
  const { incidents, significance } = await body('correlations', correlationsBody)
  const halimov = incidents.find(({ documentedTrigger }) => documentedTrigger?.startsWith('halimov'))
  expect(halimov!.candidates[0]).toMatchObject({ event: halimov!.documentedTrigger, documented: true })
  expect(significance.reported).toMatchObject({ kind: 'reported', caveat: expect.stringMatching(/.{20}/) })
})

test('correlations of one incident -> that one alone, and no significance, which is about all', async () => {
  const { incidents, significance } = await body(
    'correlations?incident=measured.tj.20251009T080000Z',
    correlationsBody,
  )
  expect(incidents.map(({ id }) => id)).toEqual(['measured.tj.20251009T080000Z'])
  expect(significance).toEqual({ measured: null, reported: null })
})

test('correlations as CSV -> a line for each incident and candidate, and for an incident without any', async () => {
  const { incidents } = await body('correlations', correlationsBody)
  const lines = (await (await served.get('/api/v1/correlations?format=csv')).text()).trimEnd().split('\r\n')
  const expected = incidents.reduce((n, { candidates }) => n + Math.max(1, candidates.length), 0)
  expect(lines.length - 1).toBe(expected)
  expect(lines[0]).toMatch(/^incident,kind,onsetAfter,onsetBefore,none,event,lagHoursLeast,lagHoursMost,/)
})

test('timeline -> a week back when left out, measured and reported strips apart, silence is insufficient', async () => {
  const { since, until, rows } = await body('timeline', timelineBody)
  expect([since, until]).toEqual(['2025-10-02T13:00:00.000Z', '2025-10-09T13:00:00.000Z'])
  expect(rows).toEqual([
    {
      kind: 'measured',
      service: 'facebook',
      vantage: 'babilon',
      stretches: [
        expect.objectContaining({ from: '2025-10-09T07:00:00.000Z', state: 'ok' }),
        expect.objectContaining({ from: '2025-10-09T08:00:00.000Z', state: 'blocked', ref: BLOCK.id }),
        expect.objectContaining({ state: 'insufficient' }),
      ],
    },
  ])
})

test('timeline of 2015 -> reported strips, without a vantage', async () => {
  const { rows } = await body('timeline?since=2015-05-01&until=2015-07-01&service=facebook', timelineBody)
  expect(rows.length).toBeGreaterThan(0)
  for (const { kind, service, vantage } of rows)
    expect([kind, service, vantage]).toEqual(['reported', 'facebook', null])
})

test('timeline as CSV -> a line for each stretch', async () => {
  const text = await (await served.get('/api/v1/timeline?format=csv&vantage=babilon')).text()
  expect(text.split('\r\n')[0]).toBe('kind,service,vantage,from,until,state,mechanism,ref')
  expect(text.split('\r\n')[2]).toContain('facebook,babilon,2025-10-09T08:00:00.000Z,')
})
