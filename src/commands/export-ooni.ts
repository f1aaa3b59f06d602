/**
 * export-ooni: full measurements in the form that readers of OONI's web_connectivity accept, a line each, in the order they were saved.
 *
 * Left out, and counted: heartbeats and other plans that stop before the page, what only its counts were kept of, what is unfit,
 * and what others measured.
 */
import { controlFacts } from '../judge/control.ts'
import { conclusionsOf } from '../judge/ooni-conclusions.ts'
import { AppError } from '../model/error.ts'
import type { Measurement } from '../model/measurement.ts'
import { documentOf } from '../ooni/export-document.ts'
import { type Scan, openScan } from '../store/measurements/scan.ts'
import type { ScannedRow } from '../store/measurements/scan-rows.ts'
import { VERSION } from '../version.ts'
import type { Export, ExportOptions } from './export-format.ts'
import type { Period } from '../views/state-series.ts'
import type { Opened } from './with-history.ts'

interface Counted {
  written: number
  otherPlans: number
  notKept: number
}

export async function exportOoni(
  { config, record }: Opened,
  period: Period,
  { service, vantage }: ExportOptions,
): Promise<Export> {
  const endpoints = endpointsOf(config.services, service)
  const places = new Map(record.vantages().map((place) => [place.id, place]))
  if (vantage !== undefined && !places.has(vantage)) {
    throw new AppError(
      'not_found',
      `--vantage: '${vantage}' has measured nothing; there are ${[...places.keys()].join(', ')}`,
    )
  }
  const isps = new Map(config.vantages.map(({ id, isp }) => [id, isp]))
  const count: Counted = { written: 0, otherPlans: 0, notKept: 0 }

  async function* lines(): AsyncGenerator<string> {
    const scan = openScan(config.store.path)
    try {
      for (const row of measurementsIn(scan, period)) {
        const { series } = row
        if (vantage !== undefined && series.vantage !== vantage) continue
        if (endpoints !== null && !endpoints.has(series.endpoint)) continue
        const measurement = fullMeasurement(scan, row, count)
        if (measurement === null || row.verdict === null) continue
        const place = places.get(series.vantage)
        const facts = measurement.control ?? controlFacts(scan.controls(row.seq) ?? [])
        count.written += 1
        yield JSON.stringify(
          documentOf(measurement, {
            facts,
            verdict: row.verdict,
            conclusions: conclusionsOf(measurement, facts),
            country: place?.country ?? 'ZZ',
            asn: place?.asn ?? null,
            isp: isps.get(series.vantage) ?? null,
            version: VERSION,
          }),
        )
      }
    } finally {
      scan.close()
    }
  }

  return { lines: lines(), summary: () => summaryOf(count) }
}

/** Judged measurements of services; not those that others made. */
function* measurementsIn(scan: Scan, { fromAt, untilAt }: Period): Generator<ScannedRow> {
  const bounds = scan.between(fromAt, untilAt)
  if (bounds === null) return
  for (const row of scan.rows(bounds.first - 1, Number.MAX_SAFE_INTEGER, bounds.last)) {
    if (row.kind === 'tick' || row.startedAt < fromAt || row.startedAt >= untilAt) continue
    if (row.verdict === null || row.unfit !== null || row.series.purpose === 'import') continue
    yield row
  }
}

function fullMeasurement(
  scan: Scan,
  { seq, series, recorded }: ScannedRow,
  count: Counted,
): Measurement | null {
  if (series.plan !== 'full') {
    count.otherPlans += 1
    return null
  }
  const measurement = recorded ? scan.record(seq) : null
  if (measurement === null) count.notKept += 1
  return measurement
}

function endpointsOf(
  services: Opened['config']['services'],
  wanted: string | undefined,
): ReadonlySet<string> | null {
  if (wanted === undefined) return null
  const service = services.find(({ id }) => id === wanted)
  if (service !== undefined) return new Set(service.endpoints.map(({ id }) => id))
  const known = services.map(({ id }) => id).join(', ')
  throw new AppError('not_found', `--service: there is no '${wanted}'; there are ${known}`)
}

function summaryOf({ written, otherPlans, notKept }: Counted): string {
  const left = [
    ...(otherPlans > 0 ? [`${otherPlans} measurements that stop before the page`] : []),
    ...(notKept > 0 ? [`${notKept} of which only the counts were kept`] : []),
  ]
  return `${written} measurements${left.length === 0 ? '' : `; left out: ${left.join(', ')}`}`
}
