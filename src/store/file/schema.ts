/** schema: rows of the tables that are read whole. Times are Unix ms, booleans 0/1. What each column means: migrations/. */
import type { AuditEntry } from '../../model/history.ts'
import type { EvidenceKind } from '../../model/incident.ts'
import type { Unfit } from '../../model/measurement.ts'
import type { CanaryAnswer } from '../../model/judged-measurement.ts'

export interface Tables {
  meta: { key: string; value: string }
  endpoint: { id: number; name: string }
  stretch: { hour_at: number; first_seq: number; last_seq: number; n: number; pruned: 0 | 1 }
  event: {
    id: string
    body: string
    imported: string | null
    added_by: string
    retracted_at: number | null
  }
  event_audit: {
    id: number
    at: number
    by_whom: string
    action: AuditEntry['action']
    event_id: string
    before_body: string | null
    after_body: string | null
  }
  incident: {
    id: string
    kind: EvidenceKind
    country: string
    start_at: number
    until_at: number | null
    body: string
    gone_at: number | null
    merged_into: string | null
  }
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
  answered: CanaryAnswer | null
}
