/**
 * Replay: how many stored measurements a second are judged and folded again, on one core. Three vantages, four services of three
 * endpoints and five canaries every 30 s; a service blocked from
 * each of them for an hour a day, every failed measurement with its record and
 * its control, and one fine measurement in a hundred with its record too, as the daemon keeps them.
 *
 *     node tests/bench/replay.ts [measurements]      default: 1 million
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { loadConfig } from '../../src/config/load.ts'
import { measurementOf } from '../../src/evaluate/facts.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { replaySpan } from '../../src/replay/replay.ts'
import { openRecord } from '../../src/store/catalog/record.ts'
import { pack } from '../../src/store/measurements/packed.ts'
import { type SmallRow, smallRow } from '../../src/store/measurements/small-row.ts'
import { uuidBytes } from '../../src/store/file/uuid.ts'
import { createMeasurementWriter } from '../../src/store/measurements/write.ts'
import { anId } from '../store/nouns.ts'

const START = Date.UTC(2026, 0, 1)
const EVERY_MS = 30_000
const HOUR_MS = 3_600_000
const SERVICES = ['asia-plus', 'facebook', 'odnoklassniki', 'youtube']
const VANTAGES = ['isp-1', 'isp-2', 'isp-3']
const CANARIES = ['world-1', 'world-2', 'world-3', 'home-1', 'home-2']
const SAMPLE_EVERY = 100

export interface ReplayFigures {
  readonly measurements: number
  readonly perSecond: number
  /** of processor time: what a core that does nothing else would do */
  readonly perCpuSecond: number
  readonly rejudged: number
  readonly outages: number
}

/** Fills a store and replays all of it. */
export async function benchReplay(size: number): Promise<ReplayFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'didbon-bench-'))
  try {
    const path = join(folder, 'didbon.db')
    await fill(path, size)
    const config = await loadConfig(configure(folder, path), {})
    const before = process.cpuUsage()
    const beganMs = performance.now()
    const { refolded } = await replaySpan({ config, since: START, until: null, rules: null })
    const seconds = (performance.now() - beganMs) / 1000
    const { user, system } = process.cpuUsage(before)
    return {
      measurements: refolded.rows,
      perSecond: Math.round(refolded.rows / seconds),
      perCpuSecond: Math.round((refolded.rows * 1e6) / (user + system)),
      rejudged: refolded.verdicts.rejudged,
      outages: refolded.outages.size,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(path: string, size: number): Promise<void> {
  const record = await openRecord(path, { now: () => START })
  record.close()
  const db = new Database(path)
  db.pragma('synchronous = off')
  const writer = createMeasurementWriter(db)
  const write = db.transaction((rows: readonly SmallRow[]) => void writer.write(rows))
  let n = 0
  for (let round = 0; n < size; round += 1) {
    const rows = roundOf(START + round * EVERY_MS, n)
    n += rows.length
    write(rows)
  }
  db.close()
}

const FINE = measurementOf(null, false)
const RESET = measurementOf({ layer: 'tls', failure: 'connection_reset' }, false)
const CONTROL = measurementOf(null, true)
const FINE_VERDICT = judge(FINE, [], 'online')
const RESET_VERDICT = judge(RESET, [CONTROL], 'online')
const RECORDS = {
  fine: pack(JSON.stringify(FINE)),
  reset: pack(JSON.stringify(RESET)),
  control: pack(JSON.stringify(CONTROL)),
}

function roundOf(at: number, from: number): SmallRow[] {
  let n = from
  return VANTAGES.flatMap((vantage, v) => {
    const row = (over: Partial<Measurement>, share: number): SmallRow => {
      n += 1
      const startedAt = at + Math.floor(share * EVERY_MS)
      const measurement = { ...FINE, id: anId(n, startedAt), vantage, startedAt, ...over }
      return smallRow({ measurement, verdict: FINE_VERDICT }, () => false)
    }
    const canaries = CANARIES.map((name, i) => ({
      ...row({ endpoint: `canary/${name}`, purpose: 'canary' }, i / 100),
      verdict: null,
      answered: 'yes' as const,
    }))
    const measurements = SERVICES.flatMap((service, s) => {
      const hour = ((at - START) / HOUR_MS) % 24
      const blocked = s === v && hour >= 6 && hour < 7
      return ['www', 'm', 'cdn'].flatMap((name, i): SmallRow[] => {
        const endpoint = `${service}/${name}`
        const share = 0.1 + (s * 3 + i + v / 3) / 14
        if (!blocked) {
          const fine = row({ endpoint }, share)
          return [n % SAMPLE_EVERY === 0 ? { ...fine, record: RECORDS.fine } : fine]
        }
        const control = { ...row({ endpoint, purpose: 'control' }, share), vantage: 'outside', verdict: null }
        const failed = row({ endpoint }, share)
        const controls = [{ uuid: uuidBytes(control.id), record: RECORDS.control }]
        return [control, { ...failed, verdict: RESET_VERDICT, record: RECORDS.reset, controls }]
      })
    })
    return [...canaries, ...measurements]
  })
}

function configure(folder: string, path: string): string {
  const endpoints = (service: string) => ({
    www: { url: `https://www.${service}.com/`, role: 'primary' },
    m: { url: `https://m.${service}.com/`, role: 'primary' },
    cdn: { url: `https://cdn.${service}.com/`, role: 'asset' },
  })
  const canary = (name: string) => [name, { url: `https://${name}.example.org/` }] as const
  const services = {
    services: Object.fromEntries(SERVICES.map((id) => [id, { name: id, endpoints: endpoints(id) }])),
    canaries: {
      international: Object.fromEntries(CANARIES.slice(0, 3).map(canary)),
      domestic: Object.fromEntries(CANARIES.slice(3).map(canary)),
    },
  }
  const vantage = (id: string, role: string) => ({
    id,
    role,
    country: 'TJ',
    kind: 'socks5',
    host: '127.0.0.1',
    port: 1080,
  })
  const config = {
    services: 'services.yaml',
    vantages: [...VANTAGES.map((id) => vantage(id, 'probe')), vantage('outside', 'control')],
    store: { path },
  }
  writeFileSync(join(folder, 'services.yaml'), JSON.stringify(services))
  writeFileSync(join(folder, 'didbon.yaml'), JSON.stringify(config))
  return join(folder, 'didbon.yaml')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const figures = await benchReplay(Number(process.argv[2] ?? 1_000_000))
  const { measurements, perSecond, perCpuSecond, rejudged, outages } = figures
  console.log(
    `replay: ${measurements} measurements, ${perCpuSecond} a second of one core (target 100000), ${perSecond} by the clock; judged again ${rejudged}, outages ${outages}; load ${loadavg()[0]!.toFixed(1)}`,
  )
}
