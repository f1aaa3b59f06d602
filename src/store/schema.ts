/** schema: the tables as queries see them. Times are Unix ms, booleans 0/1. What each column means: migrations/. */
import type { Purpose, Plan, Unfit } from '../model/measurement.ts'
import type { CanaryLook } from '../model/look.ts'
import type { Cause } from '../model/outage.ts'
import type { Mechanism, Outcome } from '../model/verdict.ts'

export interface Tables {
  meta: { key: string; value: string }
  vantage: { id: number; name: string }
  endpoint: { id: number; name: string }
  series: { id: number; endpoint_id: number; vantage_id: number; url: string; plan: Plan; purpose: Purpose }
  rule: { id: number; outcome: Outcome | 'unjudged'; name: string }
  verdict: { id: number; rule_id: number; body: string }
  measurement: MeasurementTable
  record: { seq: number; body: Buffer }
  stretch: { hour_at: number; first_seq: number; last_seq: number; n: number; pruned: 0 | 1 }
  cell: { hour_at: number; endpoint_id: number; vantage_id: number; rule_id: number; n: number }
  outage: OutageTable
  cause_change: {
    outage_id: string
    position: number
    at: number
    cause: Cause
    mechanism: Mechanism | null
    reason: string
  }
  evidence: { outage_id: string; position: number; uuid: Buffer }
  detector: { vantage: string; saved_at: number; state: Buffer }
  kysely_migration: { name: string; timestamp: string }
}

export interface MeasurementTable {
  seq: number
  uuid: Buffer
  series_id: number
  verdict_id: number | null
  started_at: number
  duration_ms: number
  dns_ms: number | null
  tcp_ms: number | null
  tls_ms: number | null
  http_ms: number | null
  saw_http: 0 | 1
  unfit: Unfit | null
  answered: CanaryLook['answered'] | null
}

export interface OutageTable {
  id: string
  service: string | null
  vantage: string
  cause: Cause
  mechanism: Mechanism | null
  onset_after_at: number | null
  onset_before_at: number
  opened_at: number
  end_after_at: number | null
  end_before_at: number | null
  closed_at: number | null
  reopened: number
}
