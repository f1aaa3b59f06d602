/** schema: rows of the tables that are read whole. Times are Unix ms, booleans 0/1. What each column means: migrations/. */
import type { AuditEntry } from '../../model/history.ts'
import type { EvidenceKind } from '../../model/incident.ts'
import type { Unfit } from '../../model/measurement.ts'
import type { CanaryLook } from '../../model/look.ts'
import type { Cause, State } from '../../model/outage.ts'
import type { Vantage } from '../../model/vantage.ts'
import type { Mechanism } from '../../model/verdict.ts'

export interface Tables {
  meta: { key: string; value: string }
  endpoint: { id: number; name: string }
  stretch: { hour_at: number; first_seq: number; last_seq: number; n: number; pruned: 0 | 1 }
  cause_change: {
    outage_id: string
    position: number
    at: number
    cause: Cause
    mechanism: Mechanism | null
    reason: string
  }
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
  strip: { id: number; service: string; vantage: string }
  state_change: {
    strip_id: number
    at: number
    state: State
    mechanism: Mechanism | null
    ref: string | null
  }
  vantage_facts: { id: string; role: Vantage['role']; country: string; asn: number | null }
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
