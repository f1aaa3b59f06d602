/** tally: how many verdicts a replay made anew, how many it could not, and which came out otherwise. */
import type { Outcome, Verdict } from '../model/verdict.ts'
import type { Kept, Rejudged } from './rejudge.ts'

/** So many verdicts went from one rule to another. */
export interface VerdictShift {
  readonly from: { readonly rule: string; readonly outcome: Outcome }
  readonly to: { readonly rule: string; readonly outcome: Outcome }
  readonly count: number
}

export interface Tally {
  readonly rejudged: number
  readonly kept: Readonly<Record<Kept, number>>
  /** the commonest first */
  readonly shifts: readonly VerdictShift[]
}

export function createTally() {
  let rejudged = 0
  const kept: Record<Kept, number> = {
    fine_without_record: 0,
    record_not_kept: 0,
    control_not_asked: 0,
    other_plan: 0,
  }
  const shifts = new Map<string, { from: VerdictShift['from']; to: VerdictShift['to']; count: number }>()
  return {
    note(stored: Verdict, now: Rejudged): void {
      if (now.kept === null) rejudged += 1
      else kept[now.kept] += 1
      if (now.verdict.rule === stored.rule && now.verdict.outcome === stored.outcome) return
      const from = { rule: stored.rule, outcome: stored.outcome }
      const to = { rule: now.verdict.rule, outcome: now.verdict.outcome }
      const key = JSON.stringify([from, to])
      const seen = shifts.get(key) ?? { from, to, count: 0 }
      seen.count += 1
      shifts.set(key, seen)
    },
    result: (): Tally => ({
      rejudged,
      kept,
      shifts: [...shifts.entries()]
        .sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
        .map(([, shift]) => shift),
    }),
  }
}
