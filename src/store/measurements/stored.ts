/** stored: a row of the measurement table, in words. What detect/ needs is all there, also where no full record was kept. */
import type { CanaryAnswer } from '../../model/judged-measurement.ts'
import type { Measurement, Unfit } from '../../model/measurement.ts'
import type { Verdict } from '../../model/verdict.ts'
import type { Names, Series } from './names.ts'
import { unpack } from './packed.ts'
import type { MeasurementTable } from '../file/schema.ts'
import { uuidText } from '../file/uuid.ts'

/** One measurement as every row has it, whether its full record was kept or not. */
export interface StoredMeasurement extends Series {
  readonly id: string
  /** Unix ms */
  readonly startedAt: number
  /** Unix ms, rounded up */
  readonly endedAt: number
  /** the first such step that succeeded for the URL asked for; `null` = none did */
  readonly dnsMs: number | null
  readonly tcpMs: number | null
  readonly tlsMs: number | null
  readonly httpMs: number | null
  readonly sawHttp: boolean
  readonly unfit: Unfit | null
  /** what a canary said of its vantage; `null` = no canary, or nobody said */
  readonly answered: CanaryAnswer | null
  /** as it was when saved; `null` = never judged */
  readonly verdict: Verdict | null
}

export function storedMeasurement(row: MeasurementTable, names: Names): StoredMeasurement {
  return {
    id: uuidText(row.uuid),
    ...names.series(row.series_id),
    startedAt: row.started_at,
    endedAt: row.started_at + row.duration_ms,
    dnsMs: row.dns_ms,
    tcpMs: row.tcp_ms,
    tlsMs: row.tls_ms,
    httpMs: row.http_ms,
    sawHttp: row.saw_http === 1,
    unfit: row.unfit,
    answered: row.answered,
    verdict: row.verdict_id === null ? null : names.verdict(row.verdict_id),
  }
}

/** The full record; `null` = only the small row was kept. */
export function fullRecord(body: Buffer | null): Measurement | null {
  if (body === null) return null
  // Records of before there were experiments or controls brought along have none.
  const {
    experiments = [],
    control = null,
    ...record
  } = JSON.parse(unpack(body)) as Omit<Measurement, Newer> & Partial<Pick<Measurement, Newer>>
  return { ...record, experiments, control }
}

/** what later versions added to a measurement */
type Newer = 'experiments' | 'control'
