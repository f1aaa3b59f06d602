/**
 * replay: what the measurements of a span would be made of today.
 *
 * Where it begins: at the state the daemon saved at the first commit of a day (UTC), so that what was learned of each path is
 * there; from the very first row where the store begins within the span; else, where neither is kept, a warm-up of three days
 * is folded first, after which the slow memory (a day) has forgotten that it began with nothing. What is watched is what the
 * configuration watches now. With the rules unchanged it gives what the daemon gave.
 */
import type { Config } from '../config/config.ts'
import type { ReplayRules } from '../config/replay-rules.ts'
import { newDetector } from '../detect/detector.ts'
import { loadState, saveState } from '../detect/saved-state.ts'
import type { Detector } from '../detect/state.ts'
import { NO_CHANGE } from '../judge/other-rules.ts'
import { AppError } from '../model/error.ts'
import type { Outage } from '../model/outage.ts'
import { DAY_MS } from '../model/time.ts'
import { openStoreReadOnly } from '../store/reader.ts'
import { openScan, type Scan } from '../store/measurements/scan.ts'
import { settingsOf, watchingOf } from '../run/watching.ts'
import { asKnownAt, compareOutages, type OutageDifference } from './compare.ts'
import { refold, type Refolded } from './refold.ts'
import { createRejudge } from './rejudge.ts'

export interface ReplayOptions {
  readonly config: Config
  /** Unix ms */
  readonly since: number
  /** Unix ms; `null` = to the end of what is stored */
  readonly until: number | null
  /** what differs from the rules as they are; `null` = nothing */
  readonly rules: ReplayRules | null
}

/** How far the start can be trusted. */
export type Start =
  /** the state of the daemon at that time */
  | 'saved_state'
  /** the first measurement ever made */
  | 'beginning'
  /** days before the span, from nothing */
  | 'warm_up'

export interface Replay {
  readonly since: number
  readonly until: number | null
  readonly start: Start
  /** Unix ms: measurements were folded from here on */
  readonly startedFrom: number
  /** the last row and the last tick before that */
  readonly startedAfter: { readonly seq: number; readonly tickId: number }
  readonly refolded: Refolded
  readonly differences: readonly OutageDifference[]
  /** outages in the span that are of nothing this configuration watches, and were left alone */
  readonly leftAlone: number
  /** the detector afterwards, JSON by vantage */
  readonly detectors: Readonly<Record<string, string>>
}

const WARM_UP_MS = 3 * DAY_MS

/** Replays, and changes nothing. @throws AppError not_found when nothing is stored in the span, usage when part of it is pruned */
export async function replaySpan({ config, since, until, rules }: ReplayOptions): Promise<Replay> {
  const scan = openScan(config.store.path)
  try {
    const begin = startOf(scan, since)
    const settings = { ...settingsOf(config), ...rules?.detect }
    const to = until === null ? scan.extent()!.last : (scan.between(begin.at, until)?.last ?? 0)
    const { detector } = begin
    const refolded = refold(
      {
        detector,
        watching: { ...watchingOf(config), settings },
        rejudge: createRejudge(scan, scan.extent()!.wholeFrom, rules ?? NO_CHANGE),
        rates: scan.rates,
        ticks: begin.seq + 1 >= scan.extent()!.wholeFrom && rules === null ? 'recorded' : 'made',
        noteFrom: since,
      },
      before(until, scan.rows(begin.seq, begin.tickId, to)),
    )
    const end = until ?? Infinity
    const known = (outages: Iterable<Outage>): Outage[] =>
      [...outages].flatMap((outage) => {
        const one = until === null ? outage : asKnownAt(outage, until)
        return one === null || (one.endBeforeAt ?? Infinity) <= since || one.onsetBeforeAt >= end ? [] : [one]
      })
    const stored = known(await storedBefore(config.store.path, until))
    const watched = stored.filter(isWatched(config))
    return {
      since,
      until,
      start: begin.start,
      startedFrom: begin.at,
      startedAfter: { seq: begin.seq, tickId: begin.tickId },
      refolded,
      differences: compareOutages(watched, known(refolded.outages.values())),
      leftAlone: stored.length - watched.length,
      detectors: Object.fromEntries(
        Object.entries(detector.vantages).map(([id, state]) => [id, saveState(state)]),
      ),
    }
  } finally {
    scan.close()
  }
}

function startOf(
  scan: Scan,
  since: number,
): { start: Start; at: number; seq: number; tickId: number; detector: Detector } {
  const extent = scan.extent()
  if (extent === null)
    throw new AppError('not_found', 'Nothing was measured yet, so there is nothing to replay.')
  const unprunedFrom = scan.unprunedFrom()
  if (unprunedFrom !== null && since < unprunedFrom) {
    throw new AppError(
      'usage',
      `--since: measurements before ${new Date(unprunedFrom).toISOString()} are pruned, and what they were made of cannot be made again. Begin there or later.`,
    )
  }
  const snapshot = scan.snapshotAt(since)
  if (snapshot !== null) {
    const vantages = Object.entries(snapshot.states).map(([id, state]) => [id, loadState(state)] as const)
    const detector = { vantages: Object.fromEntries(vantages) }
    return { start: 'saved_state', at: snapshot.at, seq: snapshot.seq, tickId: snapshot.tickId, detector }
  }
  const at = Math.max(since - WARM_UP_MS, unprunedFrom ?? 0)
  const first = scan.between(at, Number.MAX_SAFE_INTEGER)?.first
  if (first === undefined) {
    throw new AppError(
      'not_found',
      `Nothing is stored from ${new Date(at).toISOString()} on, so there is nothing to replay.`,
    )
  }
  const detector = newDetector()
  if (first <= extent.first && extent.first === 1)
    return { start: 'beginning', at, seq: 0, tickId: 0, detector }
  return { start: 'warm_up', at, seq: first - 1, tickId: 0, detector }
}

function* before<T extends { readonly kind: string }>(until: number | null, rows: Iterable<T>): Generator<T> {
  for (const row of rows) {
    const at = 'startedAt' in row ? (row.startedAt as number) : (row as unknown as { at: number }).at
    if (until === null || at < until) yield row
  }
}

/** Those that were over by `since` too: whether that was known by `until` is another matter. */
async function storedBefore(path: string, until: number | null): Promise<Outage[]> {
  const reader = openStoreReadOnly(path)
  try {
    return await reader.outages({ order: 'oldest', ...(until !== null && { until }) })
  } finally {
    reader.close()
  }
}

function isWatched({ services, vantages }: Config): (outage: Outage) => boolean {
  return ({ service, vantage }) =>
    (service === null || services.some(({ id }) => id === service)) &&
    vantages.some(({ id, role }) => role === 'probe' && id === vantage)
}
