import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { eventRow } from '../../../src/views/rows/event.ts'
import { incidentRow } from '../../../src/views/rows/incident.ts'
import { serviceRow, statusBody, vantageRow } from '../../../src/views/rows/live.ts'
import { measurementRow } from '../../../src/views/rows/measurement.ts'
import { outageOfKindRow } from '../../../src/views/rows/outage-of-kind.ts'
import { reportRow } from '../../../src/views/rows/report.ts'
import { BLOCK, LONG_ID, type Served, serve } from './served.ts'

interface Body {
  readonly rows: readonly Record<string, unknown>[]
  readonly next: string | null
}

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.close())

async function list(path: string): Promise<Body> {
  const response = await served.get(`/api/v1/${path}`)
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/json; charset=utf-8',
  ])
  return (await response.json()) as Body
}

async function ids(path: string): Promise<unknown[]> {
  return (await list(path)).rows.map(({ id }) => id)
}

test.each([
  ['outages?limit=1000', outageOfKindRow, 40],
  ['incidents?limit=1000', incidentRow, 10],
  ['events?limit=1000', eventRow, 30],
  ['reports?limit=1000', reportRow, 10],
  ['measurements', measurementRow, 100],
  ['services', serviceRow, 1],
  ['vantages', vantageRow, 2],
] as const)('%s -> every row as the document says, and nothing else in it', async (path, row, atLeast) => {
  const { rows } = await list(path)
  expect(rows.length).toBeGreaterThanOrEqual(atLeast)
  z.array(row).parse(rows)
})

test('status -> as the document says, and nothing else in it', async () => {
  const { services } = statusBody.parse(await (await served.get('/api/v1/status')).json())
  expect(services).toMatchObject([{ state: 'blocked', since: '2025-10-09T08:00:00.000Z' }])
})

test.each(['outages', 'incidents', 'events', 'reports', 'measurements'])(
  '%s -> no moment in ms and no key that ends in At, at any depth',
  async (path) => {
    const text = JSON.stringify((await list(`${path}?limit=1000`)).rows)
    expect(text).not.toMatch(/"\w*At":/)
    expect(text).not.toMatch(/[^.\d"]1[0-9]{12}[^\d]/)
  },
)

test.each([
  ['outages?kind=measured', [BLOCK.id, LONG_ID]],
  ['outages?kind=measured&service=facebook', [BLOCK.id]],
  ['outages?kind=reported&since=2025-10-01', []],
  ['outages?vantage=tcell', [LONG_ID]],
  ['outages?open=true', [BLOCK.id]],
  ['outages?open=false', [LONG_ID]],
  ['outages?cause=blocked&mechanism=tls.sni-reset', [BLOCK.id]],
  ['outages?mechanism=dns.bogus', []],
  ['outages?since=2025-10-09T00:00:00Z', [BLOCK.id]],
  ['outages?until=2025-10-09&since=2025-10-01', [LONG_ID]],
  ['outages?since=6h', [BLOCK.id]],
  ['outages?since=7d', [BLOCK.id, LONG_ID]],
  ['outages?sort=onset&since=30d', [LONG_ID, BLOCK.id]],
  ['incidents?kind=measured&service=facebook', ['measured.tj.20251009T080000Z']],
  ['incidents?country=KZ', []],
  ['reports?episode=nobody-knows-it', []],
  ['measurements?outcome=anomaly', BLOCK.evidence.toReversed()],
  ['measurements?outcome=anomaly&sort=started', BLOCK.evidence],
  ['measurements?outcome=anomaly&since=2025-10-01&until=2025-10-02', []],
  ['measurements?outcome=anomaly&service=facebook', BLOCK.evidence.toReversed()],
  ['measurements?service=youtube', []],
  ['measurements?service=face', []],
  ['measurements?service=youtube&endpoint=facebook/www', []],
  ['measurements?endpoint=facebook/www&vantage=nowhere', []],
])('%s -> those and no others, in that order', async (path, expected) => {
  expect(await ids(path)).toEqual(expected)
})

test('events of a kind and role within a span -> all of them are', async () => {
  const { rows } = await list('events?kind=video-release&role=trigger&since=2015-05-01&until=2015-07-01')
  expect(rows.length).toBeGreaterThanOrEqual(2)
  for (const { kind, role } of rows) expect([kind, role]).toEqual(['video-release', 'trigger'])
})

test.each(['outages', 'incidents', 'events', 'reports', 'measurements'])(
  '%s page for page by the next link -> the same rows as at once, each once',
  async (path) => {
    const whole = await ids(`${path}?limit=1000`)
    const limit = Math.ceil(whole.length / 3)
    const pieces: unknown[] = []
    let next: string | null = `/api/v1/${path}?limit=${limit}`
    let pages = 0
    while (next !== null) {
      const response = await served.get(next)
      const body = (await response.json()) as Body
      expect(response.headers.get('link')).toBe(body.next === null ? null : `<${body.next}>; rel="next"`)
      pieces.push(...body.rows.map(({ id }) => id))
      next = body.next
      pages++
    }
    expect(pages).toBeGreaterThan(1)
    expect(pieces).toEqual(whole)
  },
)

test('outages on a machine that measured nothing then -> those that others reported, with their kind', async () => {
  const { rows } = await list('outages?service=facebook&since=2015-05-01&until=2015-07-01')
  expect(rows.length).toBeGreaterThanOrEqual(2)
  for (const { kind, services } of rows) {
    expect(kind).toBe('reported')
    expect(services).toContain('facebook')
  }
  expect(rows[0]).not.toHaveProperty('durationMs')
})

test('outages of all kinds -> those of each kind, the newest first, each once', async () => {
  const [all, measured, reported] = await Promise.all(
    ['all', 'measured', 'reported'].map((kind) => ids(`outages?limit=1000&kind=${kind}`)),
  )
  expect(await ids('outages?limit=1000')).toEqual(all)
  expect(new Set(all)).toEqual(new Set([...measured!, ...reported!]))
  expect(all).toHaveLength(measured!.length + reported!.length)
  expect(all!.slice(0, 2)).toEqual([BLOCK.id, LONG_ID])
  expect(all!.slice(2)).toEqual(reported)
  expect(reported).toEqual(await ids('reports?limit=1000'))
})

test.each(['vantage=babilon', 'cause=blocked', 'mechanism=tls.sni-reset', 'open=true'])(
  'outages?%s -> measured ones alone, since no report says',
  async (filter) => {
    const { rows } = await list(`outages?${filter}`)
    expect(rows.map(({ kind, id }) => [kind, id])).toEqual([['measured', BLOCK.id]])
  },
)

test('pages of both kinds that meet amid one another -> the same rows in either order', async () => {
  const walk = async (sort: string) => {
    const found: unknown[] = []
    let next: string | null = `/api/v1/outages?limit=3&sort=${sort}`
    while (next !== null) {
      const body = (await (await served.get(next)).json()) as Body
      found.push(...body.rows.map(({ id }) => id))
      next = body.next
    }
    return found
  }
  expect(await walk('onset')).toEqual((await walk('-onset')).toReversed())
})

test('a page asked for with a relative time -> its next link holds the moment, so that pages agree', async () => {
  const { next } = await list('outages?since=7d&limit=1')
  const query = new URL(next!, served.url).searchParams
  expect(query.get('since')).toBe('2025-10-02T13:00:00.000Z')
  expect(query.get('limit')).toBe('1')
})

test('fields -> only these, in JSON and in CSV', async () => {
  const { rows } = await list('outages?fields=id,onset&service=facebook&kind=measured')
  expect(rows).toEqual([{ id: BLOCK.id, onset: ['2025-10-09T07:59:40.000Z', '2025-10-09T08:00:00.000Z'] }])
  const csv = await (
    await served.get('/api/v1/outages?fields=id,onset&service=facebook&kind=measured&format=csv')
  ).text()
  expect(csv).toBe(
    `id,onsetAfter,onsetBefore\r\n${BLOCK.id},2025-10-09T07:59:40.000Z,2025-10-09T08:00:00.000Z\r\n`,
  )
})

test('CSV without rows -> the same heading as with them', async () => {
  const headings = await Promise.all(
    ['incidents?kind=measured', 'incidents?country=KZ'].map(async (path) => {
      const text = await (await served.get(`/api/v1/${path}&format=csv`)).text()
      return text.slice(0, text.indexOf('\r\n'))
    }),
  )
  expect(headings[0]).toBe(headings[1])
  expect(headings[0]).toContain('vantagesWatched')
  expect(headings[0]).toContain('documentedTriggers')
})

test.each([
  ['text/csv', 'text/csv; charset=utf-8; header=present'],
  ['application/json', 'application/json; charset=utf-8'],
  ['text/csv;q=0.5, application/json', 'application/json; charset=utf-8'],
  ['text/html, text/csv', 'text/csv; charset=utf-8; header=present'],
  ['*/*', 'application/json; charset=utf-8'],
])('Accept: %s -> %s', async (accept, type) => {
  const response = await served.get('/api/v1/reports', { accept })
  expect(response.headers.get('content-type')).toBe(type)
})

test('format= -> goes before the Accept header', async () => {
  const response = await served.get('/api/v1/reports?format=csv', { accept: 'application/json' })
  expect(response.headers.get('content-type')).toContain('text/csv')
  expect(response.headers.get('content-disposition')).toBe('inline; filename="reports.csv"')
})

test('an incident nobody knows the onset of -> open on both sides, not 1970', async () => {
  const { rows } = await list('incidents?kind=reported&sort=onset&limit=1000')
  const open = rows.filter(({ onset }) => JSON.stringify(onset) === '[null,null]')
  expect(open.length).toBeGreaterThan(0)
})
