/**
 * What a scrape costs at 50 services x 20 vantages, everything fed, 40 outages open and their incidents ranked against the shipped
 * record each time; and whether a real probe is timed otherwise while somebody scrapes thirty times as often as Prometheus does.
 * The two take turns, so that a busy machine slows both. `node tests/bench/metrics.ts` runs it alone.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { embedded } from '../../src/config/locate.ts'
import { DEFAULTS as CORRELATE } from '../../src/correlate/settings.ts'
import { createCatalog } from '../../src/run/catalog.ts'
import { INCIDENT_DEFAULTS } from '../../src/incident/group.ts'
import { createIncidents } from '../../src/watch/incidents.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { type Prober, startProber } from '../../src/probe/prober.ts'
import { PROBE_DEFAULTS } from '../../src/model/probe-settings.ts'
import type { ProbeTask } from '../../src/probe/task.ts'
import { createMetrics } from '../../src/serve/metrics.ts'
import type { Exposition } from '../../src/serve/metrics/exposition.ts'
import { startServer } from '../../src/serve/server.ts'
import { openRecord } from '../../src/store/catalog/record.ts'
import { openStore } from '../../src/store/store.ts'
import { dns, http, tcp, tls } from '../judge/builders.ts'
import { BABILON, aMeasurement, aStatus, anOutage, endpoint, sources } from '../serve/metrics/given.ts'
import { FINE } from '../store/nouns.ts'
import { quantile } from '../../src/model/statistics.ts'

const SERVICES = 50
const VANTAGES = 20
const OPEN = 40
const RENDERS = 200
const TARGET_MS = 50
const ROUNDS = 6
const PER_ROUND = 150
const SCRAPE_EVERY_MS = 500
const NOW = Date.UTC(2026, 0, 1)

const services = Array.from({ length: SERVICES }, (_, n) => ({
  id: `service-${n}`,
  endpoints: [endpoint(`service-${n}/www`)],
}))
const vantages = Array.from({ length: VANTAGES }, (_, n) => ({
  ...BABILON,
  id: `vantage-${n}`,
  asn: 64_500 + n,
}))
const pairs = services.flatMap(({ id: service }) => vantages.map(({ id: vantage }) => ({ service, vantage })))

/** Runs the bench; it takes about half a minute. */
export async function benchMetrics(): Promise<{ lines: string[]; threadMs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'didbon-bench-'))
  const path = join(folder, 'didbon.db')
  const store = await openStore({
    path,
    keepRawMs: 1,
    keepOkSampleEvery: 1,
    commitEveryMs: 1000,
    now: Date.now,
    onError: (error) => console.error(error),
  })
  const record = await openRecord(path, { now: () => NOW })
  try {
    const metrics = await everything(record, store.stats)
    const text = await render(metrics.expose, 'text')
    const openmetrics = await render(metrics.expose, 'openmetrics')
    const lines = [
      `metrics: ${SERVICES} services x ${VANTAGES} vantages, ${OPEN} outages open; load ${loadavg()[0]!.toFixed(1)}`,
      lineOf('text 0.0.4', text),
      lineOf('OpenMetrics', openmetrics),
      `  target: a median of under ${TARGET_MS} ms of this thread's time, which others on the machine do not lengthen`,
      ...(await probing(metrics.expose)),
    ]
    return { lines, threadMs: Math.max(text.threadMs, openmetrics.threadMs) }
  } finally {
    record.close()
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function everything(
  record: Awaited<ReturnType<typeof openRecord>>,
  stats: Awaited<ReturnType<typeof openStore>>['stats'],
) {
  const harness = createCatalog(record)
  await harness.takeFiles({ events: embedded('events.yaml'), reports: embedded('reports.yaml'), print: '' })
  const outages = pairs
    .slice(0, OPEN)
    .map((pair, n) =>
      anOutage({ ...pair, id: `${pair.service}.${pair.vantage}`, onsetBeforeAt: NOW + n * 60_000 }),
    )
  const world = {
    grouping: INCIDENT_DEFAULTS,
    settings: CORRELATE,
    vantages,
    retired: [],
    events: harness.events(),
    reports: harness.reports(),
  }
  const incidents = createIncidents(() => world, outages, [])
  incidents.regroup([], NOW)
  const status = pairs.map((pair) => aStatus({ ...pair, lastMeasurementAt: NOW }))
  const metrics = createMetrics(
    sources({
      status: () => status,
      services: () => services,
      vantages: () => vantages,
      outages: incidents.outages,
      incidents: () => incidents.open(NOW),
      titles: () => new Map(harness.events().map(({ id, title }) => [id, title])),
      store: stats,
    }),
    { version: '0.0.0', node: process.version },
  )
  await metrics.watch({ services, vantages })
  for (const { service, vantage } of pairs) {
    const measurement = aMeasurement(dns(), tcp(), tls(), http(), { vantage, endpoint: `${service}/www` })
    metrics.probed(measurement, service, FINE)
    metrics.probed({ ...measurement, plan: 'full' }, service, FINE)
    metrics.compared(service, vantage, 'fails_here_only')
  }
  return metrics
}

interface Rendered {
  /** by the clock */
  readonly medianMs: number
  readonly p95Ms: number
  /** median of what the thread worked */
  readonly threadMs: number
  readonly bytes: number
  readonly series: number
}

async function render(
  expose: (format: Exposition) => Promise<string>,
  format: Exposition,
): Promise<Rendered> {
  const took: number[] = []
  const worked: number[] = []
  let text = ''
  for (let n = 0; n < RENDERS; n += 1) {
    const [startedMs, before] = [performance.now(), process.threadCpuUsage()]
    text = await expose(format)
    took.push(performance.now() - startedMs)
    const { user, system } = process.threadCpuUsage(before)
    worked.push((user + system) / 1000)
  }
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
  return {
    medianMs: quantile(took, 0.5),
    p95Ms: quantile(took, 0.95),
    threadMs: quantile(worked, 0.5),
    bytes: Buffer.byteLength(text),
    series,
  }
}

function lineOf(format: string, { medianMs, p95Ms, threadMs, bytes, series }: Rendered): string {
  const size = `${series} series, ${(bytes / 1024).toFixed(0)} KiB`
  const clock = `median ${medianMs.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms`
  return `  ${format.padEnd(12)} ${size}: ${clock}; the thread worked ${threadMs.toFixed(1)} ms`
}

/** Real probes of a page over TLS on loopback, with and without somebody who scrapes. */
async function probing(expose: (format: Exposition) => Promise<string>): Promise<string[]> {
  const target = fork(fileURLToPath(new URL('ladder-server.ts', import.meta.url)))
  const [{ port, ca }] = (await once(target, 'message')) as [{ port: number; ca: string }]
  const prober = startProber({ workers: 1, drainMs: 1_000, onError: (error) => console.error(error) })
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    expose,
    status: () => [],
    vantages: () => [],
    heightened: () => new Map(),
    notReady: () => [],
    now: () => NOW,
  })
  const task = aTask(port, ca)
  const quiet: Measurement[] = []
  const scraped: Measurement[] = []
  let scrapes = 0
  try {
    await many(prober, task)
    for (let round = 0; round < ROUNDS; round += 1) {
      quiet.push(...(await many(prober, task)))
      const stop = new AbortController()
      const scraping = scrape(`${server.url}/metrics`, stop.signal)
      scraped.push(...(await many(prober, task)))
      stop.abort()
      scrapes += await scraping
    }
  } finally {
    await prober.close()
    await server.close()
    target.disconnect()
  }
  return [
    `probes while nobody scrapes:  ${timings(quiet)}`,
    `probes during ${String(scrapes).padStart(3)} scrapes:    ${timings(scraped)}`,
  ]
}

async function scrape(url: string, signal: AbortSignal): Promise<number> {
  let scrapes = 0
  while (!signal.aborted) {
    await (await fetch(url)).arrayBuffer()
    scrapes += 1
    await after(SCRAPE_EVERY_MS, undefined, { signal }).catch(() => undefined) // told to stop
  }
  return scrapes
}

/** One after the other, a moment apart, as a schedule would start them: what is asked is how they are timed, not how many go. */
async function many(prober: Prober, task: ProbeTask): Promise<Measurement[]> {
  const done: Measurement[] = []
  for (let n = 0; n < PER_ROUND; n += 1) {
    const measurement = await prober.probe(task, NEVER)
    if (measurement.unfit !== null)
      throw new Error(`The bench's own server failed: ${measurement.unfitDetail}`)
    done.push(measurement)
    await after(5)
  }
  return done
}

const NEVER = new AbortController().signal

function timings(measurements: readonly Measurement[]): string {
  const tcpMs = measurements.flatMap(({ observations }) =>
    observations.flatMap(({ layer, durationMs }) => (layer === 'tcp' ? [durationMs] : [])),
  )
  const all = measurements.map(({ durationMs }) => durationMs)
  const lag = measurements.map(({ loopLagMs }) => loopLagMs)
  const both = (name: string, values: readonly number[]) =>
    `${name} median ${quantile(values, 0.5).toFixed(2)}, p95 ${quantile(values, 0.95).toFixed(2)} ms`
  return [both('tcp', tcpMs), both('whole probe', all), both('thread late by', lag)].join('; ')
}

function aTask(port: number, ca: string): ProbeTask {
  const url = `https://127.0.0.1:${port}/`
  return {
    vantage: { ...BABILON, city: null, resolvers: [], trustedResolver: null, maxInFlight: 100 },
    endpoint: url,
    url,
    plan: 'full',
    purpose: 'manual',
    extraAddresses: [],
    settings: { ...PROBE_DEFAULTS, extraCa: [ca], connectToLoopback: true, maxLoopLagMs: 60_000 },
  }
}

if (import.meta.main) {
  const { lines, threadMs } = await benchMetrics()
  for (const line of lines) console.log(line)
  process.exitCode = threadMs < TARGET_MS ? 0 : 1
}
