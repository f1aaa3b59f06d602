import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Served, anEntry, contents, serve } from './served.ts'

let served: Served
let before: string
beforeAll(async () => {
  served = await serve()
  before = contents(served)
})
afterAll(() => served.close())

interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
}

async function expectProblem(response: Response, status: number, sentence: string | RegExp): Promise<void> {
  const problem = (await response.json()) as Problem
  expect([response.status, problem.status]).toEqual([status, status])
  expect(problem.detail).toMatch(sentence)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect([problem.type, problem.title.length > 3]).toEqual(['about:blank', true])
  expect(contents(served)).toBe(before)
}

test.each([
  [
    '/api/v1/outages?sevice=facebook',
    422,
    'sevice: is not a parameter here; there are kind, service, vantage',
  ],
  ['/api/v1/outages?service=', 422, 'service: must be the id of a service, such as facebook, not ""'],
  ["/api/v1/outages?service='%20or%201=1--", 422, 'service: must be the id of a service'],
  ['/api/v1/outages?service=a&service=b', 422, 'must be the id of a service, such as facebook, not a list'],
  ['/api/v1/outages?cause=censored', 422, 'cause: must be one of unreachable, blocked, .*, not "censored"'],
  ['/api/v1/outages?mechanism=dns', 422, 'mechanism: must be one of dns.nxdomain'],
  ['/api/v1/outages?kind=rumoured', 422, 'kind: must be one of measured, reported, all, not "rumoured"'],
  ['/api/v1/outages?kind=reported&vantage=x', 422, 'vantage: only measured outages have one; leave it out'],
  ['/api/v1/outages?open=1', 422, 'open: must be true or false, not "1"'],
  ['/api/v1/outages?since=yesterday', 422, "since: 'yesterday' is not a time: write 2015-05-23"],
  ['/api/v1/outages?since=2015-02-30', 422, 'since: must be a day of the calendar, not "2015-02-30"'],
  ['/api/v1/outages?since=2015-13-01', 422, 'is not a time'],
  ['/api/v1/outages?since=1432339200000', 422, 'is not a time'],
  ['/api/v1/outages?since=-7d', 422, 'is not a time'],
  ['/api/v1/outages?since=999999w', 422, 'since: must lie in the years 1 to 9999'],
  ['/api/v1/outages?since=7d&since=8d', 422, 'since: must be given once, not a list'],
  ['/api/v1/outages?since=2015-07-01&until=2015-05-01', 422, 'until: must be after since; swap the two'],
  ['/api/v1/outages?limit=0', 422, 'limit: must be a whole number from 1 to 1000, not "0"'],
  ['/api/v1/outages?limit=1001', 422, 'limit: must be a whole number from 1 to 1000'],
  ['/api/v1/outages?limit=1e2', 422, 'limit: must be a whole number'],
  ['/api/v1/outages?after=nonsense', 422, '"nonsense" is not the end of a page'],
  ['/api/v1/outages?after=%7B%7D', 422, 'after: must be the value of after= in the next link'],
  ['/api/v1/measurements?after=nonsense', 422, /nonsense/],
  ['/api/v1/measurements?after=WzEsIngiXQ', 422, /WzEsIngiXQ/],
  ['/api/v1/events?after=WyJhIiwxXQ', 422, 'is not the end of a page'],
  ['/api/v1/outages?sort=service', 422, /sort: must be onset \(oldest first\) or -onset \(newest first\)/],
  ['/api/v1/outages?fields=id,secret', 422, 'fields: must be a comma-separated list of fields, from id,'],
  ['/api/v1/outages?fields=', 422, 'fields: must be a comma-separated list of fields'],
  ['/api/v1/outages?format=xml', 422, 'format: must be one of json, csv, not "xml"'],
  ['/api/v1/outages?__proto__=x', 422, '__proto__: is not a parameter here'],
  ['/api/v1/incidents?kind=rumoured', 422, 'kind: must be one of measured, reported'],
  ['/api/v1/incidents?country=tj', 422, 'country: must be an ISO 3166-1 code of two capital letters'],
  ['/api/v1/events?kind=film', 422, 'kind: must be one of video-release'],
  ['/api/v1/events?role=cause', 422, 'role: must be one of trigger'],
  ['/api/v1/measurements?outcome=blocked', 422, 'outcome: must be one of ok, anomaly'],
  ['/api/v1/timeline?since=2015-07-01&until=2015-05-01', 422, 'since: must lie before until'],
  ['/api/v1/timeline?since=2099-01-01', 422, 'since: must lie before until, or before now'],
  ['/api/v1/timeline?limit=5', 422, 'limit: is not a parameter here'],
  ['/api/v1/correlations?incident=', 422, 'incident: must be the id of an incident'],
  ['/api/v1/correlations?incident=nothing', 404, 'There is no incident with this id; GET /api/v1/incidents'],
  ['/api/v1/outages/nothing?format=csv', 422, 'format: must be one of json'],
  ['/api/v1/outages/nothing', 404, 'There is no outage with this id; GET /api/v1/outages lists'],
  ['/api/v1/outages/tj-2022-05-gbao-shutdown', 404, 'GET /api/v1/reports/tj-2022-05-gbao-shutdown'],
  ['/api/v1/correlations?limit=201', 422, 'limit: must be a whole number from 1 to 200, not "201"'],
  ['/api/v1/correlations?after=nonsense', 422, '"nonsense" is not the end of a page'],
  ['/api/v1/correlations?since=2015-07-01&until=2015-05-01', 422, 'until: must be after since'],
  ['/api/v1/incidents/%00', 404, 'There is no incident with this id'],
  ['/api/v1/events/nothing', 404, 'There is no event'],
  ['/api/v1/reports/..%2F..%2Fetc%2Fpasswd', 404, 'There is no report'],
  [`/api/v1/outages/${'x'.repeat(300)}`, 414, 'No id here is that long.'],
  ['/api/v1/outages/%zz', 400, 'percent sign'],
  ['/api/v1/outage', 404, 'Not found; GET /api/v1/docs lists what there is.'],
  ['/api/v2/outages', 404, 'GET /api/v1/docs'],
] as const)('GET %s -> %d, and a sentence that helps', async (path, status, sentence) => {
  await expectProblem(
    await served.get(path),
    status,
    typeof sentence === 'string' ? new RegExp(sentence) : sentence,
  )
})

const source = { title: 'T', publisher: 'P', date: '2015-05-28', url: null }
const at = anEntry().at as object

test.each([
  ['nothing', '', 400, 'The body is empty'],
  ['no JSON', '{"id": ', 400, 'The body is not valid JSON.'],
  ['a list', [anEntry()], 422, 'The body must be a mapping, not a list'],
  ['null', null, 422, 'The body must be a mapping, not null'],
  ['a word', '"event"', 422, 'The body must be a mapping, not "event"'],
  ['no title', anEntry({ title: undefined }), 422, 'title: is missing; it must be a short title'],
  [
    'an empty title',
    anEntry({ title: '' }),
    422,
    'title: must be a short title, 1 to 200 characters, not ""',
  ],
  ['a title too long', anEntry({ title: 'x'.repeat(201) }), 422, 'title: must be a short title'],
  ['a title that is a number', anEntry({ title: 7 }), 422, 'title: must be a short title.*, not 7'],
  ['an id with a slash', anEntry({ id: '../x' }), 422, 'id: must be an id of small letters'],
  ['a key nobody knows', anEntry({ severity: 3 }), 422, 'severity: is not a known key; there are id, title'],
  ['a kind not on the list', anEntry({ kind: 'film' }), 422, 'kind: must be one of .*, not "film"'],
  ['a role not on the list', anEntry({ role: 'cause' }), 422, 'role: must be one of trigger'],
  ['a country by name', anEntry({ country: 'Tajikistan' }), 422, 'country: must be an ISO 3166-1 code'],
  [
    'a zone nobody knows',
    anEntry({ timeZone: 'Dushanbe' }),
    422,
    'timeZone: must be a time zone such as Asia/Dushanbe',
  ],
  ['scheduled as text', anEntry({ scheduled: 'yes' }), 422, 'scheduled: must be true or false, not "yes"'],
  ['no source', anEntry({ sources: [] }), 422, 'sources: must hold at least one source'],
  [
    'a source without publisher',
    anEntry({ sources: [{ ...source, publisher: undefined }] }),
    422,
    /sources\[0\]\.publisher: is missing/,
  ],
  [
    'a source without date or url',
    anEntry({ sources: [{ ...source, date: null }] }),
    422,
    /sources\[0\]: must have a date or a url/,
  ],
  [
    'a source with a script for url',
    anEntry({ sources: [{ ...source, url: 'javascript:alert(1)' }] }),
    422,
    /sources\[0\]\.url: must be an http/,
  ],
  [
    'a window back to front',
    anEntry({ at: { ...at, earliest: '2025-10-10T00:00:00Z' } }),
    422,
    'at.latest: must not be before earliest',
  ],
  ['30 February', anEntry({ at: { ...at, earliest: '2015-02-30' } }), 422, 'at.earliest: must be a UTC date'],
  [
    'a time in ms',
    anEntry({ at: { ...at, latest: 1_432_339_200_000 } }),
    422,
    'at.latest: must be a UTC date',
  ],
  ['at as a word', anEntry({ at: '2015-05-28' }), 422, 'at: must be a mapping, not "2015-05-28"'],
  ['a body of 100 KB', anEntry({ notes: 'x'.repeat(100_000) }), 413, 'an event may take 64 KiB'],
] as const)('POST of %s -> %d, and a sentence that helps', async (_what, body, status, sentence) => {
  const response = await served.write('POST', '/api/v1/events', body)
  await expectProblem(response, status, typeof sentence === 'string' ? new RegExp(sentence) : sentence)
})

test.each([
  ['POST', '/api/v1/outages', 'GET, HEAD'],
  ['DELETE', '/api/v1/events', 'GET, HEAD, POST'],
  ['PATCH', '/api/v1/events/a-video', 'DELETE, GET, HEAD, PUT'],
  ['POST', '/api/v1/events/a-video', 'DELETE, GET, HEAD, PUT'],
  ['PUT', '/api/v1/status', 'GET, HEAD'],
  ['OPTIONS', '/api/v1/timeline', 'GET, HEAD'],
  ['POST', '/api/v1/openapi.json', 'GET, HEAD'],
])('%s %s -> 405 and what is possible, whatever the body', async (method, path, allow) => {
  const response = await served.write(method, path, '<x>', { 'content-type': 'text/xml' })
  expect(response.headers.get('allow')).toBe(allow)
  await expectProblem(response, 405, `allowed: ${allow}`)
})

test.each([
  ['/api/v1/outages', 'application/xml', 'application/json or text/csv'],
  ['/api/v1/outages', 'text/html', 'application/json or text/csv'],
  [`/api/v1/events/halimov-disappearance-2015-04`, 'text/csv', 'This is available as application/json'],
])('%s with Accept: %s -> 406 and what there is', async (path, accept, sentence) => {
  await expectProblem(await served.get(path, { accept }), 406, sentence)
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/yaml'])(
  'an event as %s -> 415 and the header to send',
  async (type) => {
    const response = await served.write('POST', '/api/v1/events', 'id: x', { 'content-type': type })
    await expectProblem(response, 415, 'Content-Type: application/json')
  },
)

test('several things wrong at once -> all are told, each with its place', async () => {
  const response = await served.write('POST', '/api/v1/events', anEntry({ country: 'tj', kind: 'film' }))
  const { errors } = (await response.json()) as { errors: { in: string; at: string }[] }
  expect(errors.map(({ in: where, at }) => [where, at])).toEqual([
    ['body', 'kind'],
    ['body', 'country'],
  ])
})

test('bytes that are no HTTP -> 400, the server goes on', async () => {
  const { hostname, port } = new URL(served.url)
  const socket = connect(Number(port), hostname)
  socket.end('\u0016\u0003\u0001 hello\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)
  expect((await served.get('/healthz')).status).toBe(200)
})
