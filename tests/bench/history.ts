/**
 * How long history takes to answer over a year: raw measurements at 30 s for 12 endpoints and 10 vantages, as many as asked for,
 * newest last; hourly counts, outages, incidents and states for the whole year, whatever the number of measurements.
 *
 *     node tests/bench/history.ts [rows ...]      default: 1 and 10 million
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { DEFAULTS } from '../../src/correlate/settings.ts'
import { groupOutages } from '../../src/incident/group.ts'
import { openHistory } from '../../src/history/history.ts'
import { startHistoryThread } from '../../src/history/thread.ts'
import type { History } from '../../src/model/history.ts'
import type { Outage, StateChange } from '../../src/model/outage.ts'
import { openRecord } from '../../src/store/catalog/record.ts'
import type { SmallRow } from '../../src/store/measurements/small-row.ts'
import { createMeasurementWriter } from '../../src/store/measurements/write.ts'
import { createOutageWriter } from '../../src/store/outages/write.ts'
import { FINE, RESET } from '../store/nouns.ts'
import { anEvent } from '../store/record-nouns.ts'
import { quantile } from '../../src/model/statistics.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const END = Date.UTC(2026, 0, 1)
const START = END - 365 * DAY
const EVERY_MS = 30_000
const SERVICES = ['asia-plus', 'facebook', 'odnoklassniki', 'youtube']
const ENDPOINTS = SERVICES.flatMap((service) => ['www', 'm', 'cdn'].map((name) => `${service}/${name}`))
const VANTAGES = Array.from({ length: 10 }, (_, n) => `vantage-${n}`)
const PER_ROUND = ENDPOINTS.length * VANTAGES.length
/** One outage every nine days for each service and vantage: a bad year. */
const OUTAGE_EVERY = 9 * DAY
const ASKED = 200
/** As long as a full record is once packed. */
const BODY = randomBytes(900)

export interface HistoryFigures {
  readonly lines: string[]
  readonly rows: readonly { rows: number; question: string; p50Ms: number; p95Ms: number; targetMs: number }[]
}

/** Runs the bench; at 10 million rows it takes some minutes and 1.5 GB in the temporary folder. */
export async function benchHistory(sizes: readonly number[]): Promise<HistoryFigures> {
  const lines: string[] = []
  const rows: { rows: number; question: string; p50Ms: number; p95Ms: number; targetMs: number }[] = []
  for (const size of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'didbon-bench-'))
    const path = join(folder, 'didbon.db')
    try {
      const startedMs = performance.now()
      const made = await fill(path, size)
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
      lines.push(
        `history: ${made.measurements} measurements, ${made.outages} outages, ${made.incidents} incidents, ${made.states} states; ` +
          `${(statSync(path).size / 2 ** 20).toFixed(0)} MiB, made in ${seconds} s; load ${loadavg()[0]!.toFixed(1)}`,
      )
      const ranked = await timeCorrelations(path)
      rows.push({ rows: made.measurements, ...ranked })
      lines.push(line(ranked.question, ranked, ranked.targetMs))
      const history = openHistory({ path, correlate: DEFAULTS })
      for (const { question, targetMs, ask } of await questions(history)) {
        const figures = await time(ask)
        rows.push({ rows: made.measurements, question, targetMs, ...figures })
        lines.push(line(question, figures, targetMs))
      }
      await history.close()
      const thread = startHistoryThread({ path, correlate: DEFAULTS })
      const [first] = await questions(thread)
      lines.push(line(`${first!.question}, through the thread`, await time(first!.ask), first!.targetMs))
      await thread.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return { lines, rows }
}

function line(
  question: string,
  { p50Ms, p95Ms }: { p50Ms: number; p95Ms: number },
  targetMs: number,
): string {
  return `history:   ${question.padEnd(44)} p50 ${p50Ms.toFixed(1).padStart(6)} ms  p95 ${p95Ms.toFixed(1).padStart(6)} ms  target p95 ${targetMs} ms`
}

/** Each asks about another stretch of time whenever it is called. */
async function questions(
  history: History,
): Promise<{ question: string; targetMs: number; ask: (n: number) => Promise<unknown> }[]> {
  const incidents = (await history.incidents({ limit: 100_000 })).rows
  const outages = (await history.outages({ limit: 1000 })).rows
  const span = (n: number, days: number) => {
    const since = START + ((n * 7919) % (365 - days)) * DAY
    return { since, until: since + days * DAY }
  }
  const lately = (n: number) => ({ since: END - DAY - (n % 24) * HOUR, until: END - (n % 24) * HOUR })
  return [
    { question: 'timeline, 30 days, all strips', targetMs: 20, ask: (n) => history.timeline(span(n, 30)) },
    {
      question: 'timeline, the whole year, one service',
      targetMs: 20,
      ask: () => history.timeline({ since: START, until: END, service: 'facebook' }),
    },
    {
      question: 'timeline, the whole year, all strips',
      targetMs: 20,
      ask: () => history.timeline({ since: START, until: END }),
    },
    {
      question: 'outages, 30 days, 100 a page',
      targetMs: 20,
      ask: (n) => history.outages({ ...span(n, 30), limit: 100 }),
    },
    {
      question: 'outages, one service, the whole year',
      targetMs: 20,
      ask: () => history.outages({ since: START, until: END, service: 'youtube', limit: 100 }),
    },
    {
      question: 'outage, with its evidence',
      targetMs: 20,
      ask: (n) => history.outage(outages[n % outages.length]!.id),
    },
    {
      question: 'incidents, 90 days',
      targetMs: 20,
      ask: (n) => history.incidents({ ...span(n, 90), limit: 100 }),
    },
    {
      question: 'incident, with outages and ranking',
      targetMs: 20,
      ask: (n) => history.incident(incidents[(n * 7) % incidents.length]!.id),
    },
    {
      question: 'correlations of all, nothing changed',
      targetMs: 200,
      ask: () => history.correlations({}),
    },
    {
      question: 'measurements, a day, first page of 100',
      targetMs: 50,
      ask: (n) => history.measurements({ ...lately(n), limit: 100 }),
    },
    {
      question: 'measurements, the whole year, first page',
      targetMs: 50,
      ask: () => history.measurements({ since: START, until: END, limit: 100 }),
    },
    {
      question: 'measurements, the year, one endpoint, failed',
      targetMs: 50,
      ask: (n) =>
        history.measurements({
          since: START,
          until: END,
          endpoint: ENDPOINTS[n % 12]!,
          vantage: VANTAGES[n % 10]!,
          outcome: 'anomaly',
          limit: 100,
        }),
    },
  ]
}

/** Rankings of all incidents and the test over the record, with nothing kept from before. */
async function timeCorrelations(path: string) {
  const ask = async () => {
    const history = openHistory({ path, correlate: DEFAULTS })
    await history.correlations({})
    await history.close()
  }
  return { question: 'correlations of all, after a change', targetMs: 3000, ...(await time(ask, 5)) }
}

async function time(
  ask: (n: number) => Promise<unknown>,
  times = ASKED,
): Promise<{ p50Ms: number; p95Ms: number }> {
  for (let n = 0; n < Math.min(5, times / 5); n += 1) await ask(n)
  const took: number[] = []
  for (let n = 0; n < times; n += 1) {
    const startedMs = performance.now()
    await ask(n)
    took.push(performance.now() - startedMs)
  }
  return { p50Ms: quantile(took, 0.5), p95Ms: quantile(took, 0.95) }
}

async function fill(path: string, size: number) {
  const record = await openRecord(path, { now: () => START })
  const raw = new Database(path)
  raw.pragma('synchronous = off')
  raw.pragma('cache_size = -200000')
  const measurements = writeMeasurements(raw, size)
  writeCounts(raw, size)
  const outages = writeOutages(raw)
  raw.pragma('wal_checkpoint(truncate)')
  raw.close()
  const { incidents, ...grouped } = groupOutages(
    outages,
    VANTAGES.map((id, n) => ({ id, role: 'probe', country: 'TJ', asn: 64_500 + n })),
  )
  record.saveIncidents({ incidents, ...grouped })
  const states = statesOf(outages)
  record.saveStates(states)
  record.importEvents(
    Array.from({ length: 60 }, (_, n) => {
      const earliestAt = START + n * 6 * DAY
      return anEvent({
        id: `event-${n}`,
        at: { stated: null, precision: 'day', earliestAt, latestAt: earliestAt + DAY },
      })
    }),
    'file:bench',
  )
  record.close()
  return { measurements, outages: outages.length, incidents: incidents.length, states: states.length }
}

/** The newest rounds of the year, through the writer the daemon uses. */
function writeMeasurements(raw: Database.Database, size: number): number {
  const writer = createMeasurementWriter(raw)
  const rounds = Math.ceil(size / PER_ROUND)
  const write = raw.transaction((from: number, until: number) => {
    for (let round = from; round < until; round += 1) {
      writer.write(roundRows(END - (rounds - round) * EVERY_MS, round))
    }
  })
  for (let from = 0; from < rounds; from += 500) write(from, Math.min(rounds, from + 500))
  return rounds * PER_ROUND
}

function roundRows(at: number, round: number) {
  const chance = randomBytes(PER_ROUND * 10)
  return Array.from({ length: PER_ROUND }, (_, i) => {
    const uuid = Buffer.alloc(16)
    const startedAt = at + i * 200
    uuid.writeUIntBE(startedAt, 0, 6)
    chance.copy(uuid, 6, i * 10, i * 10 + 10)
    const endpoint = ENDPOINTS[i % ENDPOINTS.length]!
    const failed = (round * 31 + i * 17) % 997 === 0
    const row: SmallRow = {
      id: '', // for the queue, which this goes round
      uuid,
      endpoint,
      vantage: VANTAGES[Math.floor(i / ENDPOINTS.length)]!,
      url: `https://${endpoint}/`,
      plan: 'heartbeat',
      rates: null,
      purpose: 'round',
      started_at: startedAt,
      duration_ms: 180,
      dns_ms: 12,
      tcp_ms: 60,
      tls_ms: 90,
      http_ms: null,
      saw_http: 0,
      unfit: null,
      answered: null,
      verdict: failed ? RESET : FINE,
      record: failed || (round + i) % 100 === 0 ? BODY : null,
      controls: [],
    }
    return row
  })
}

/** Hourly counts of the hours whose raw measurements are long gone. */
function writeCounts(raw: Database.Database, size: number): void {
  const rawFrom = END - Math.ceil(size / PER_ROUND) * EVERY_MS
  raw
    .prepare(
      `insert into cell (hour_at, endpoint_id, vantage_id, rule_id, n)
       with recursive hour (at) as (select ? union all select at + ${HOUR} from hour where at + ${HOUR} < ?)
       select hour.at, endpoint.id, vantage.id, rule.id, 118 from hour, endpoint, vantage, rule where true
       on conflict do nothing`,
    )
    .run(START, Math.floor(rawFrom / HOUR) * HOUR)
}

/** Now and then a block hits a service on several networks within the hour; one in forty lasts for weeks. */
function writeOutages(raw: Database.Database): Outage[] {
  const evidence = raw
    .prepare<[], Buffer>('select uuid from measurement order by seq desc limit 20')
    .pluck()
    .all()
  const ids = evidence.map((uuid) => {
    const hex = uuid.toString('hex')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  })
  const write = createOutageWriter(raw)
  const outages: Outage[] = []
  const waves = Math.floor((365 * DAY) / OUTAGE_EVERY)
  for (let wave = 0; wave < waves; wave += 1) {
    for (const [s, service] of SERVICES.entries()) {
      for (const [v, vantage] of VANTAGES.entries()) {
        const onsetBeforeAt = START + wave * OUTAGE_EVERY + s * 2 * DAY + v * 12 * 60_000
        const n = outages.length
        const endBeforeAt = onsetBeforeAt + (n % 40 === 0 ? 20 * DAY : 2 * HOUR + (n % 7) * HOUR)
        outages.push({
          id: `${service}.${vantage}.${onsetBeforeAt}`,
          service,
          vantage,
          cause: 'blocked',
          mechanism: 'tls.sni-reset',
          onsetAfterAt: onsetBeforeAt - EVERY_MS,
          onsetBeforeAt,
          openedAt: onsetBeforeAt + 5000,
          endAfterAt: endBeforeAt - EVERY_MS,
          endBeforeAt,
          closedAt: endBeforeAt + 5000,
          causes: [
            {
              at: onsetBeforeAt + 5000,
              cause: 'unreachable',
              mechanism: null,
              reason: 'Four looks in a row failed.',
            },
            {
              at: onsetBeforeAt + 9000,
              cause: 'blocked',
              mechanism: 'tls.sni-reset',
              reason: 'Two resets after the ClientHello.',
            },
          ],
          reopened: 0,
          evidence: ids,
        })
      }
    }
  }
  raw.transaction(() => outages.forEach((outage) => write(outage)))()
  return outages
}

/** What a detector would have noted: each outage with its change of cause, a gap after each, and fine in between. */
function statesOf(outages: readonly Outage[]): StateChange[] {
  const first = SERVICES.flatMap((service) =>
    VANTAGES.map((vantage): StateChange => ({
      service,
      vantage,
      at: START,
      state: 'ok',
      mechanism: null,
      ref: null,
    })),
  )
  return first.concat(
    outages.flatMap(({ id, service, vantage, causes, mechanism, endBeforeAt }): StateChange[] => {
      const strip = { service: service!, vantage }
      const over = { ...strip, mechanism: null, ref: null }
      return [
        { ...strip, at: causes[0]!.at, state: 'unreachable', mechanism: null, ref: id },
        { ...strip, at: causes[1]!.at, state: 'blocked', mechanism, ref: id },
        { ...over, at: endBeforeAt!, state: 'insufficient' },
        { ...over, at: endBeforeAt! + 60_000, state: 'ok' },
      ]
    }),
  )
}

if (import.meta.main) {
  const sizes = process.argv.slice(2).map(Number)
  const { lines } = await benchHistory(sizes.length > 0 ? sizes : [1_000_000, 10_000_000])
  console.log(lines.join('\n'))
}
