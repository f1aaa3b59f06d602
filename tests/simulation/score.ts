/** score: what the detector said, against what really happened. */
import { type Cause, CAUSES, type Outage } from '../../src/model/outage.ts'
import type { Mechanism } from '../../src/model/verdict.ts'
import type { ReportedChange } from '../../src/evaluate/didbon-rules.ts'
import { START } from '../../src/evaluate/world.ts'
import { type Episode } from '../../src/evaluate/world.ts'
import { MINUTE_MS } from '../../src/model/time.ts'

export interface Found {
  readonly mechanism: Mechanism
  readonly together: boolean
  /** the vantage saw nothing for a while in the first quarter of an hour */
  readonly disturbed: boolean
  /** ms from the switch until it was known, or from when the vantage was online again; `null` = never */
  readonly openedMs: number | null
  readonly blockedMs: number | null
  readonly namedMechanism: Mechanism | null
}

export interface Score {
  /** outages called `blocked` where nothing was */
  readonly falseBlocked: readonly Outage[]
  /** outages of a service where the way to it was never gone */
  readonly falseOutages: readonly Outage[]
  /** outages of a vantage while it was online */
  readonly falseVantage: readonly Outage[]
  readonly blocks: readonly Found[]
  readonly outages: Readonly<Record<Cause, number>>
}

/** Looks begun while something was the matter may come back this much later. */
const AFTERMATH = MINUTE_MS

export function scoreOf(
  told: readonly ReportedChange[],
  vantages: readonly string[],
  episodes: readonly (readonly Episode[])[],
): Score {
  const last = new Map<string, Outage>()
  const openedAt = new Map<string, number>()
  const blockedAt = new Map<string, number>()
  for (const { at, change } of told) {
    const { id, cause } = change.outage
    last.set(id, change.outage)
    if (!openedAt.has(id)) openedAt.set(id, at)
    if (cause === 'blocked' && !blockedAt.has(id)) blockedAt.set(id, at)
  }
  const outages = [...last.values()]
  const truth = (o: Outage, when: ReadonlyMap<string, number>, ...kinds: Episode['kind'][]): boolean => {
    const at = when.get(o.id)! - START
    return episodes[vantages.indexOf(o.vantage)]!.some(
      (s) =>
        kinds.includes(s.kind) &&
        (!('service' in s) || s.service === o.service) &&
        s.from <= at &&
        at <= s.to + AFTERMATH,
    )
  }
  const counts = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as Record<Cause, number>
  for (const { cause } of outages) counts[cause] += 1
  const ofServices = outages.filter(({ service }) => service !== null)
  return {
    falseBlocked: ofServices.filter((o) => blockedAt.has(o.id) && !truth(o, blockedAt, 'block')),
    falseOutages: ofServices.filter((o) => !truth(o, openedAt, 'block', 'fault')),
    falseVantage: outages.filter((o) => o.service === null && !truth(o, openedAt, 'offline', 'stall')),
    blocks: episodes.flatMap((mine, i) =>
      mine.flatMap((s) => (s.kind === 'block' ? [found(s, mine, told, vantages[i]!)] : [])),
    ),
    outages: counts,
  }
}

function found(
  block: Extract<Episode, { kind: 'block' }>,
  episodes: readonly Episode[],
  told: readonly ReportedChange[],
  vantage: string,
): Found {
  // What begins while the vantage sees nothing at all counts from when it sees again.
  const blind = episodes.filter(
    (s) => s.kind === 'offline' && s.from <= block.from + MINUTE_MS && block.from < s.to,
  )
  const from = START + Math.max(block.from, ...blind.map(({ to }) => to))
  const during = told.filter(
    ({ at, change: { outage } }) =>
      outage.vantage === vantage && outage.service === block.service && at >= from && at < START + block.to,
  )
  const opened = during.find(({ change }) => change.kind === 'opened' || change.kind === 'reopened')
  const blocked = during.find(({ change }) => change.outage.cause === 'blocked')
  return {
    mechanism: block.mechanism,
    together: block.together,
    disturbed: episodes.some(
      (s) =>
        (s.kind === 'offline' || s.kind === 'stall') &&
        s.from < block.from + 15 * MINUTE_MS &&
        block.from < s.to,
    ),
    openedMs: opened === undefined ? null : opened.at - from,
    blockedMs: blocked === undefined ? null : blocked.at - from,
    namedMechanism: during.at(-1)?.change.outage.mechanism ?? null,
  }
}

/** Length of an outage at most: from the last fine measurement before it to the first after it. */
export function longestMs({ onsetAfterAt, onsetBeforeAt, endBeforeAt, closedAt }: Outage): number {
  return (endBeforeAt ?? closedAt ?? Infinity) - (onsetAfterAt ?? onsetBeforeAt)
}
