/** The largest answers there are: none of them may hold up the thread that listens. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReportedIncident } from '../../../src/model/incident.ts'
import type { State } from '../../../src/model/outage.ts'
import { HOUR, T0 } from '../../store/nouns.ts'
import { type Served, serve } from './served.ts'

/** with the one that nobody looked at since, and what else the store holds, just below the bound */
const INTERVALS = 4_990
/** Generous: other tests share the machine. Without bounds these answers take seconds. */
const HELD_UP_MS = 250

const states: State[] = ['ok', 'blocked']
/** when the record is full of events */
const VIDEO_AT = Date.parse('2015-05-27T15:00:00Z')

let served: Served
beforeAll(async () => {
  served = await serve()
  served.record.saveStates(
    Array.from({ length: INTERVALS }, (_, n) => ({
      service: 'youtube',
      vantage: 'tcell',
      at: T0 - 1000 * HOUR + n * 60_000,
      state: states[n % 2]!,
      mechanism: null,
      ref: null,
    })),
  )
  const [one] = served.record.incidents('reported') as [ReportedIncident, ...ReportedIncident[]]
  const onset = (n: number) => ({ earliestAt: VIDEO_AT + n * HOUR, latestAt: VIDEO_AT + (n + 1) * HOUR })
  served.record.saveIncidents({
    incidents: Array.from({ length: 250 }, (_, n) => ({
      ...one,
      id: `reported.many-${n}`,
      members: [`many-${n}`],
      onset: onset(n),
      end: onset(n),
    })),
    changes: [],
  })
})
afterAll(() => served.close())

const ALL = 'since=2025-01-01&service=youtube&vantage=tcell'

test.each([
  [`timeline?${ALL}`, 'json'],
  [`timeline?${ALL}`, 'csv'],
  ['correlations?since=2015-05-01&until=2015-12-01&limit=200', 'json'],
  ['correlations?since=2015-05-01&until=2015-12-01&limit=200', 'csv'],
])(
  '%s as %s, as large as they get -> metrics are answered meanwhile, and nothing waits long',
  async (path, format) => {
    const answer = () => served.get(`/api/v1/${path}&format=${format}`).then((response) => response.text())
    await answer() // whatever is computed once is computed now
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const done = new AbortController()
    const [text] = await Promise.all([
      answer().finally(() => {
        done.abort()
      }),
      (async () => {
        while (!done.signal.aborted) expect((await served.get('/metrics')).status).toBe(200)
      })(),
    ])
    delay.disable()
    expect(text.length).toBeGreaterThan(100_000)
    expect(delay.max / 1e6).toBeLessThan(HELD_UP_MS)
  },
)

test('a timeline with more stretches than are given at once -> 422, how many there are and the way out', async () => {
  served.record.saveStates(
    Array.from({ length: 20 }, (_, n) => ({
      service: 'youtube',
      vantage: 'tcell',
      at: T0 + n,
      state: states[n % 2]!,
      mechanism: null,
      ref: null,
    })),
  )
  const response = await served.get(`/api/v1/timeline?${ALL}`)
  expect([response.status, await response.json()]).toMatchObject([
    422,
    {
      detail: expect.stringMatching(
        /^since: this time range has 50\d\d intervals, and at most 5000 are returned at once; ask for a shorter/,
      ),
    },
  ])
  expect((await served.get(`/api/v1/timeline?since=2025-10-08&service=youtube`)).status).toBe(200)
})

test('correlations page for page by the next link -> each incident once, the oldest first', async () => {
  const found: string[] = []
  let next: string | null = '/api/v1/correlations?limit=90'
  while (next !== null) {
    const response = await served.get(next)
    const body = (await response.json()) as { incidents: { id: string }[]; next: string | null }
    expect(response.headers.get('link')).toBe(body.next === null ? null : `<${body.next}>; rel="next"`)
    found.push(...body.incidents.map(({ id }) => id))
    next = body.next
  }
  const { incidents } = await served.history.correlations({})
  expect(found).toEqual(incidents.map(({ incident }) => incident))
  expect(found.length).toBeGreaterThan(250)
})
