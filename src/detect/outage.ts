/** outage: how one is opened, changed, closed and opened again. Plain values; every change carries the outage as it then stands. */
import type { Cause, Outage, OutageChange } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'

/** Stands for the service in the id of an outage of the vantage itself. */
const WHOLE_VANTAGE = '_vantage_'
/** Measurement ids an outage keeps. */
const EVIDENCE_MAX = 20

/** What is known of an outage when it opens. */
export interface Opening {
  readonly service: string | null
  readonly vantage: string
  readonly cause: Cause
  readonly mechanism: Mechanism | null
  readonly reason: string
  readonly onsetAfterAt: number | null
  readonly onsetBeforeAt: number
  readonly evidence: readonly string[]
}

/** Whether what begins now is the last outage come back: that one ended no longer than `reopenMs` before. */
export function returns(last: Outage | null, onsetBeforeAt: number, reopenMs: number): boolean {
  return last !== null && last.endBeforeAt !== null && onsetBeforeAt - last.endBeforeAt <= reopenMs
}

/** Opens an outage, or `last` again when it `returns`. */
export function open(last: Outage | null, now: Opening, at: number): OutageChange {
  if (last !== null) {
    const again = {
      ...last,
      endAfterAt: null,
      endBeforeAt: null,
      closedAt: null,
      reopened: last.reopened + 1,
    }
    const { outage } = changeCause(again, now.cause, now.mechanism ?? last.mechanism, now.reason, at)
    return { kind: 'reopened', at, outage: withEvidence(outage, now.evidence) }
  }
  const { service, vantage, cause, mechanism, onsetAfterAt, onsetBeforeAt } = now
  const outage: Outage = {
    id: `${service ?? WHOLE_VANTAGE}.${vantage}.${stamp(onsetBeforeAt)}`,
    service,
    vantage,
    cause,
    mechanism,
    onsetAfterAt,
    onsetBeforeAt,
    openedAt: at,
    endAfterAt: null,
    endBeforeAt: null,
    closedAt: null,
    causes: [{ at, cause, mechanism, reason: now.reason }],
    reopened: 0,
    evidence: now.evidence.slice(0, EVIDENCE_MAX),
  }
  return { kind: 'opened', at, outage }
}

/** Another cause or mechanism; the same ones change nothing. */
export function changeCause(
  outage: Outage,
  cause: Cause,
  mechanism: Mechanism | null,
  reason: string,
  at: number,
): OutageChange {
  if (outage.cause === cause && outage.mechanism === mechanism) return { kind: 'cause', at, outage }
  const causes = [...outage.causes, { at, cause, mechanism, reason }]
  return { kind: 'cause', at, outage: { ...outage, cause, mechanism, causes } }
}

/** Ends it somewhere in (`endAfterAt`, `endBeforeAt`]. */
export function close(outage: Outage, endAfterAt: number, endBeforeAt: number, at: number): OutageChange {
  return { kind: 'closed', at, outage: { ...outage, endAfterAt, endBeforeAt, closedAt: at } }
}

/** The outage with more measurement ids, as far as there is room. */
export function withEvidence(outage: Outage, ids: readonly string[]): Outage {
  const evidence = [...new Set([...outage.evidence, ...ids])].slice(0, EVIDENCE_MAX)
  return { ...outage, evidence }
}

/** `20150519T084500Z` */
function stamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
}
