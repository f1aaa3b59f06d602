/**
 * rejudge: what a stored measurement is judged to mean now.
 *
 *     full record kept, and what it was judged with ─► judged anew
 *     anything else                                 ─► the verdict it was stored with stands, and is counted as such
 *
 * Diagnoses and throughput runs are weighed against more than one control, so their verdict stands too.
 */
import { judge } from '../judge/judge.ts'
import { type RuleChange, reweighed, rulesWith } from '../judge/other-rules.ts'
import type { Health } from '../model/vantage.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Scan } from '../store/measurements/scan.ts'
import type { ScannedRow } from '../store/measurements/scan-rows.ts'

/** Why a verdict was not made anew. */
export type Kept =
  /** fine, and only its small row was kept */
  | 'fine_without_record'
  /** its full record, or the control's, was not kept: saved by an earlier version, or pruned */
  | 'record_not_kept'
  /** it would fail now and did not then, so no control was used */
  | 'control_not_asked'
  /** its plan is judged by more than one control */
  | 'other_plan'

export interface Rejudged {
  readonly verdict: Verdict
  /** `null` = judged anew */
  readonly kept: Kept | null
}

/** @returns judges a row again, in the light of what the canaries of its vantage say at that point of the replay */
export function createRejudge(
  { record, controls }: Pick<Scan, 'record' | 'controls'>,
  wholeFrom: number,
  change: RuleChange,
): (row: ScannedRow, stored: Verdict, health: Health) => Rejudged {
  const rules = rulesWith(change)
  const keep = (stored: Verdict, kept: Kept): Rejudged => ({ verdict: reweighed(stored, change), kept })

  return (row, stored, health) => {
    const { plan } = row.series
    if (plan !== 'heartbeat' && plan !== 'full') return keep(stored, 'other_plan')
    if (!row.recorded)
      return keep(stored, stored.outcome === 'ok' ? 'fine_without_record' : 'record_not_kept')
    const measurement = record(row.seq)
    if (measurement === null) return keep(stored, 'record_not_kept')
    const alone = judge(measurement, [], health, rules)
    if (alone.outcome === 'ok' || measurement.unfit !== null) return { verdict: alone, kept: null }
    if (stored.outcome === 'ok') return keep(stored, 'control_not_asked')
    const company = row.seq < wholeFrom ? null : controls(row.seq)
    if (company === null) return keep(stored, 'record_not_kept')
    return { verdict: judge(measurement, company, health, rules), kept: null }
  }
}
