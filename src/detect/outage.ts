/** outage: how one is opened, changed, closed and opened again. Plain values; every change carries the outage as it then stands. */
import type { Cause, CauseChange, Outage, OutageChange } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'
import { compactTime } from '../model/time.ts'

/** Stands for the service in the id of an outage of the vantage itself. */
const WHOLE_VANTAGE = '_vantage_'
/** Measurement ids an outage keeps. */
const EVIDENCE_MAX = 20
/** Causes an outage keeps: how it began, and how it has been of late. One that keeps coming back would grow for ever. */
const FIRST_CAUSES = 10
const LAST_CAUSES = 40
/** An outage that has come back so often is said to come and go. */
const COMES_AND_GOES = 2

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
    const mechanism = now.mechanism ?? last.mechanism
    const comesAndGoes = again.reopened >= COMES_AND_GOES
    const reason = comesAndGoes
      ? `${now.reason} It comes and goes: ${again.reopened + 1} times so far.`
      : now.reason
    const { outage } = changeCause(again, now.cause, mechanism, reason, at)
    const isSame = outage.causes === again.causes
    const causes =
      isSame && comesAndGoes
        ? withCause(again.causes, { at, cause: now.cause, mechanism, reason })
        : outage.causes
    return { kind: 'reopened', at, outage: withEvidence({ ...outage, causes }, now.evidence) }
  }
  const { service, vantage, cause, mechanism, onsetAfterAt, onsetBeforeAt } = now
  const outage: Outage = {
    id: `${service ?? WHOLE_VANTAGE}.${vantage}.${compactTime(onsetBeforeAt)}`,
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
  const causes = withCause(outage.causes, { at, cause, mechanism, reason })
  return { kind: 'cause', at, outage: { ...outage, cause, mechanism, causes } }
}

/** The same cause, for a reason that was proved meanwhile by one measurement. */
export function explain(outage: Outage, reason: string, evidence: string, at: number): OutageChange {
  const { cause, mechanism } = outage
  const causes = withCause(outage.causes, { at, cause, mechanism, reason })
  return { kind: 'cause', at, outage: withEvidence({ ...outage, causes }, [evidence]) }
}

/** Ends it somewhere in (`endAfterAt`, `endBeforeAt`]. @param reason kept with the causes; none when it was seen to be fine */
export function close(
  outage: Outage,
  endAfterAt: number,
  endBeforeAt: number,
  at: number,
  reason: string | null = null,
): OutageChange {
  const { cause, mechanism } = outage
  const causes = reason === null ? outage.causes : withCause(outage.causes, { at, cause, mechanism, reason })
  return { kind: 'closed', at, outage: { ...outage, causes, endAfterAt, endBeforeAt, closedAt: at } }
}

/** Ends one of which no more can be known, somewhere between the last measurement (`null` = none is remembered) and now. */
export function closeUnwatched(outage: Outage, lastLookAt: number | null, now: number): OutageChange {
  const endAfterAt = Math.max(outage.onsetBeforeAt, lastLookAt ?? outage.onsetBeforeAt)
  const endBeforeAt = Math.max(endAfterAt, now)
  return close(outage, endAfterAt, endBeforeAt, now, 'What failed is no longer watched.')
}

function withCause(causes: Outage['causes'], next: CauseChange): Outage['causes'] {
  const all = [...causes, next]
  return all.length <= FIRST_CAUSES + LAST_CAUSES
    ? all
    : [...all.slice(0, FIRST_CAUSES), ...all.slice(-LAST_CAUSES)]
}

/** The outage with more measurement ids, as far as there is room. */
export function withEvidence(outage: Outage, ids: readonly string[]): Outage {
  const evidence = [...new Set([...outage.evidence, ...ids])].slice(0, EVIDENCE_MAX)
  return { ...outage, evidence }
}
