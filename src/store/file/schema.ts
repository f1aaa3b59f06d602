/** schema: the tables as queries see them. Times are Unix ms, booleans 0/1. What each column means: migrations/. */
import type { AuditEntry } from '../../model/history.ts'
import type { EvidenceKind, IncidentChange } from '../../model/incident.ts'
import type { Purpose, Plan, Unfit } from '../../model/measurement.ts'
import type { CanaryLook } from '../../model/look.ts'
import type { Cause, State } from '../../model/outage.ts'
import type { Vantage } from '../../model/vantage.ts'
import type { Mechanism, Outcome } from '../../model/verdict.ts'

export interface Tables {
  meta: { key: string; value: string }
  vantage: { id: number; name: string }
  endpoint: { id: number; name: string }
  series: { id: number; endpoint_id: number; vantage_id: number; url: string; plan: Plan; purpose: Purpose }
  rule: { id: number; outcome: Outcome | 'unjudged'; name: string }
  verdict: { id: number; rule_id: number; body: string }
  measurement: MeasurementTable
  record: { seq: number; body: Buffer }
  rates: { seq: number; body: string }
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
  judged_with: { seq: number; position: number; uuid: Buffer }
  tick: { id: number; seq: number; at: number }
  detector_past: { day_at: number; vantage: string; seq: number; tick_id: number; state: Buffer }
  replay_audit: { id: number; at: number; by_whom: string; body: string }
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
  report: { id: string; position: number; body: string }
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
  incident_service: { incident_id: string; service: string }
  incident_member: { member: string; incident_id: string }
  incident_change: {
    id: number
    at: number
    kind: IncidentChange['kind']
    incident_id: string
    others: string
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
  token: { name: string; hash: string; created_at: number }
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
