import { once, EventEmitter } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import type { Exposition } from '../../../src/serve/metrics/exposition.ts'
import { startServer } from '../../../src/serve/server.ts'
import { needs } from '../../chain/programs.ts'
import { dns, http, tcp, tls } from '../../judge/builders.ts'
import { runTool, startPrometheus } from '../../real-prometheus.ts'
import { FINE } from '../../store/nouns.ts'
import { NOW, aMeasurement, aStatus, anOutage, givenMetrics } from './given.ts'

const ID = '0196b1a0-0000-7000-8000-00000000abcd'
const CANDIDATE = { event: 'video', posterior: 0.9 } as never

/** Something in every family there is. */
async function everything() {
  const { metrics, lines } = await givenMetrics({
    status: () => [aStatus({ state: 'blocked', lastMeasurementAt: NOW })],
    heightened: () => new Map([['facebook', NOW]]),
    outages: () => [{ outage: anOutage(), incident: 'an-incident' }],
    incidents: () => [
      {
        incident: { id: 'an-incident', country: 'TJ', onset: { earliestAt: NOW, latestAt: NOW } },
        ranking: { candidates: [CANDIDATE], none: 0.1 },
      },
    ],
    titles: () => new Map([['video', 'Видео: «\\"leave\\"»\n']]),
  })
  const date = [['date', new Date(NOW).toUTCString()]] as const
  const measurement = aMeasurement(dns(), tcp(), tls(), http({ headers: date }), { id: ID })
  metrics.probed(measurement, 'facebook', FINE)
  metrics.probed(aMeasurement({ unfit: 'our_error' }), 'facebook', FINE)
  for (let n = 0; n < 3; n += 1) metrics.heard(measurement)
  metrics.controlled('frankfurt', 'facebook/www', true)
  metrics.compared('facebook', 'babilon', 'fails_here_only')
  metrics.changed({ kind: 'opened', at: NOW, outage: anOutage() })
  metrics.changed({ kind: 'closed', at: NOW, outage: anOutage({ endBeforeAt: NOW + 1, closedAt: NOW + 1 }) })
  metrics.committed(3)
  metrics.started(1)
  metrics.configTaken(NOW)
  metrics.configRefused('no: "x" \\ y')
  return { metrics, lines }
}

/** Serves them; `scrapes` hears of each one that begins. */
async function served() {
  const { metrics } = await everything()
  const scrapes = new EventEmitter()
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    expose(format) {
      scrapes.emit('scrape', format)
      return metrics.expose(format)
    },
    status: () => [],
    vantages: () => [],
    heightened: () => new Map(),
    notReady: () => [],
    now: () => NOW,
  })
  onTestFinished(() => server.close())
  return { url: `${server.url}/metrics`, host: new URL(server.url).host, scrapes }
}

const ours = (text: string) => text.split('\n').filter((line) => line.startsWith('didbon_'))

test('both formats -> the same series and values; only OpenMetrics has exemplars and an end', async () => {
  const { metrics } = await everything()
  const text = await metrics.expose('text')
  const openmetrics = await metrics.expose('openmetrics')
  for (const [format, family] of [
    [text, 'didbon_store_rows_dropped_total'],
    [openmetrics, 'didbon_store_rows_dropped'],
  ])
    expect(format).toContain(`# TYPE ${family} counter\ndidbon_store_rows_dropped_total 5\n`)
  expect(openmetrics.endsWith('\n# EOF\n')).toBe(true)
  expect(text).not.toMatch(/EOF|# \{/)
  expect(ours(openmetrics).map((line) => line.split(' # ')[0])).toEqual(ours(text))
  expect(ours(openmetrics).filter((line) => line.includes(` # {measurement_id="${ID}"} `))).toHaveLength(5)
})

test('a counter -> its family is without _total in OpenMetrics, and with it in text, however often both were asked for', async () => {
  const { metrics } = await everything()
  for (let n = 0; n < 2; n += 1) {
    expect(await metrics.expose('openmetrics')).toContain(
      '\n# TYPE didbon_probes counter\ndidbon_probes_total{',
    )
    expect(await metrics.expose('text')).toContain(
      '\n# TYPE didbon_probes_total counter\ndidbon_probes_total{',
    )
  }
})

test('bounds of buckets -> floats in both, so that a series is the same whichever format is scraped', async () => {
  const { lines } = await everything()
  for (const format of ['text', 'openmetrics'] as const) {
    const bounds = (await lines('didbon_probe_duration_seconds_bucket', format)).map(
      (line) => /le="([^"]+)"/.exec(line)![1]!,
    )
    expect([...new Set(bounds)]).toEqual([
      '0.05',
      '0.1',
      '0.25',
      '0.5',
      '1.0',
      '2.5',
      '5.0',
      '10.0',
      '20.0',
      '30.0',
      '+Inf',
    ])
  }
})

test('every family -> declared once, before its series, and none is mixed with another', async () => {
  const { metrics } = await everything()
  const seen = new Set<string>()
  let current = ''
  for (const line of (await metrics.expose('text')).trimEnd().split('\n')) {
    const [, declared] = /^# TYPE (\S+)/.exec(line) ?? []
    if (declared !== undefined) {
      expect(seen.has(declared)).toBe(false)
      seen.add((current = declared))
    } else if (!line.startsWith('#')) expect(line.startsWith(current)).toBe(true)
  }
})

test.each([
  { accept: undefined, type: 'text/plain; version=0.0.4; charset=utf-8' },
  { accept: '*/*', type: 'text/plain; version=0.0.4; charset=utf-8' },
  { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', type: 'text/plain; version=0.0.4; charset=utf-8' },
  { accept: 'application/json', type: 'text/plain; version=0.0.4; charset=utf-8' },
  {
    accept: 'application/openmetrics-text',
    type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  },
  {
    accept:
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  },
  {
    accept:
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  },
  {
    accept: 'application/openmetrics-text;q=0.2,text/plain;q=0.9',
    type: 'text/plain; version=0.0.4; charset=utf-8',
  },
  { accept: 'application/openmetrics-text;q=0,*/*', type: 'text/plain; version=0.0.4; charset=utf-8' },
  { accept: 'nonsense;;q=x', type: 'text/plain; version=0.0.4; charset=utf-8' },
])('Accept: $accept -> $type', async ({ accept, type }) => {
  const { url } = await served()
  const answer = await fetch(url, accept === undefined ? {} : { headers: { accept } })
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual([
    200,
    type,
    'Accept',
  ])
  expect((await answer.text()).endsWith('# EOF\n')).toBe(type.startsWith('application/'))
})

test('scrapes of both kinds at once -> each gets its own, none disturbs another', async () => {
  const { url } = await served()
  const ask = async (format: Exposition) => {
    const accept = format === 'text' ? 'text/plain' : 'application/openmetrics-text'
    const answer = await fetch(url, { headers: { accept } })
    return { type: answer.headers.get('content-type'), lines: ours(await answer.text()) }
  }
  const alone = { text: await ask('text'), openmetrics: await ask('openmetrics') }
  const kinds = Array.from({ length: 20 }, (_, n): Exposition => (n % 2 === 0 ? 'text' : 'openmetrics'))
  const together = await Promise.all(kinds.map(ask))
  for (const [n, kind] of kinds.entries()) expect(together[n]).toEqual(alone[kind])
})

test('promtool check metrics on a scrape -> nothing to say', async (context) => {
  needs(context, 'promtool')
  const { url } = await served()
  const text = await (await fetch(url)).text()
  expect(await runTool('promtool', ['check', 'metrics'], text)).toEqual({ code: 0, said: '' })
})

test('a real Prometheus -> takes OpenMetrics, reads labels back as they were, and gives exemplars', async (context) => {
  needs(context, 'prometheus')
  const { host, scrapes } = await served()
  const twice = (async () => {
    const formats = []
    for (let n = 0; n < 2; n += 1)
      formats.push(...(await once(scrapes, 'scrape', { signal: AbortSignal.timeout(20_000) })))
    return formats
  })()
  const prometheus = await startPrometheus({
    config: {
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'didbon', static_configs: [{ targets: [host] }] }],
    },
    flags: ['--enable-feature=exemplar-storage'],
  })
  // What was scraped is there once the next scrape begins.
  expect(await twice).toEqual(['openmetrics', 'openmetrics'])

  expect(await prometheus.ask('/api/v1/query', { query: 'up' })).toMatchObject({
    result: [{ value: [expect.anything(), '1'] }],
  })
  const query = 'didbon_incident_trigger_posterior{rank="1"}'
  expect(await prometheus.ask('/api/v1/query', { query })).toMatchObject({
    result: [
      { metric: { event: 'video', title: 'Видео: «\\"leave\\"»\n' }, value: [expect.anything(), '0.9'] },
    ],
  })
  const found = await prometheus.ask('/api/v1/query_exemplars', {
    query: 'didbon_probe_duration_seconds_bucket{vantage="babilon"}',
    start: String(Date.now() / 1000 - 600),
    end: String(Date.now() / 1000 + 600),
  })
  expect(found).toMatchObject([{ exemplars: [{ labels: { measurement_id: ID }, value: '0.4' }] }])
})
