/**
 * refold: stored measurements through judge/ and detect/ again, one after the other, as the daemon took them.
 *
 *     row ─► canary? ─► fold
 *            look?   ─► judged anew where that can be ─► Look ─► fold ─► outages, states, verdicts that changed
 *
 * The same rows, rules and start give the same outages to the byte.
 */
import { type Detector, openOutage } from '../detect/detector.ts'
import { foldCanary, foldLook, foldTick } from '../detect/fold.ts'
import { healthOf } from '../detect/health.ts'
import { canaryRoundOf, type DetectSettings, roundOf, type Watch } from '../detect/settings.ts'
import { statusOf } from '../detect/status.ts'
import { lookOf } from '../watch/look.ts'
import type { Outage, OutageChange, StateChange } from '../model/outage.ts'
import type { Rates } from '../model/rates.ts'
import type { Canary, Endpoint } from '../model/service.ts'
import type { Health } from '../model/vantage.ts'
import type { Verdict } from '../model/verdict.ts'
import { createStateNotes } from '../run/states.ts'
import { idOf, type ScannedRow, type ScannedTick } from '../store/measurements/scan-rows.ts'
import type { Rejudged } from './rejudge.ts'
import { createTally, type Tally } from './tally.ts'
import { createTicks } from './ticks.ts'

export interface RefoldParts {
  /** where it stood before the first row; advanced in place */
  readonly detector: Detector
  /** what is watched at a moment, Unix ms */
  readonly watchAt: (at: number) => Watch
  readonly settings: DetectSettings
  /** by id, also those not in force */
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly canaries: ReadonlyMap<string, Canary>
  /** `null`: verdicts stand as they were stored */
  readonly rejudge: ((row: ScannedRow, stored: Verdict, health: Health) => Rejudged) | null
  /** how fast bytes came in a row that timed them, as it was folded; `null` = not known */
  readonly rates: (seq: number) => Rates | null
  /** `recorded`: those among the rows, and others only once a verdict has come out otherwise. `made`: others too, from the start */
  readonly ticks: 'recorded' | 'made'
  /** Unix ms: verdicts and states are noted from here on */
  readonly noteFrom: number
}

export interface Refolded {
  readonly rows: number
  /** by id, each as it last stood, those that were open at the start included */
  readonly outages: ReadonlyMap<string, Outage>
  readonly verdicts: Tally
  /** verdicts that came out otherwise, by the order in which the rows were saved */
  readonly changed: readonly { readonly seq: number; readonly verdict: Verdict }[]
  readonly states: readonly StateChange[]
  /** moments at which passing time changed something, each after the row that was saved last before it */
  readonly ticks: readonly { readonly seq: number; readonly at: number }[]
  /** Unix ms: the end of the last look */
  readonly clock: number
}

/** Folds all rows. */
export function refold(parts: RefoldParts, rows: Iterable<ScannedRow | ScannedTick>): Refolded {
  const { detector, settings, endpoints, canaries, rejudge, noteFrom } = parts
  const outages = new Map<string, Outage>()
  const open = new Set<string>()
  const tally = createTally()
  const changed: { seq: number; verdict: Verdict }[] = []
  const states: StateChange[] = []
  const ticks: { seq: number; at: number }[] = []
  let lastSeq = 0
  const note = createStateNotes({ saveStates: (each) => states.push(...each) }, [])
  let asItWas = parts.ticks === 'recorded'
  let clock = 0
  let watch: Watch = parts.watchAt(noteFrom)
  let watchedUntil = 0
  let folded = 0
  let letPass: ((until: number) => void) | null = null
  // Where there are no canaries nothing grows stale: what was imported has gaps of hours, and years of them.
  const staleMs = watch.canaries.length === 0 ? 0 : canaryRoundOf(watch) * settings.gapRounds

  for (const outage of openOutages(detector)) {
    outages.set(outage.id, outage)
    open.add(outage.id)
  }

  function take(changes: readonly OutageChange[]): void {
    for (const { outage } of changes) {
      outages.set(outage.id, outage)
      if (outage.closedAt === null) open.add(outage.id)
      else open.delete(outage.id)
    }
    if (changes.length > 0 && clock >= noteFrom) noteStates(clock)
  }

  function noteStates(at: number): void {
    note(statusOf(detector, at, watch, settings), at)
  }

  function tick(at: number): void {
    watch = parts.watchAt(at)
    const { changes } = foldTick(detector, at, watch, settings)
    if (changes.length > 0) ticks.push({ seq: lastSeq, at })
    take(changes)
  }

  /** Moves the clock. What is watched is asked once a second, as the daemon does. */
  function pass(at: number): void {
    if (at <= clock) return
    clock = at
    if (!asItWas) {
      letPass ??= createTicks(staleMs, () => open.size > 0, tick)
      letPass(clock)
    }
    if (clock < watchedUntil) return
    watch = parts.watchAt(clock)
    watchedUntil = clock + 1000
  }

  function judged(row: ScannedRow, stored: Verdict): Verdict {
    if (rejudge === null) return stored
    const now = rejudge(row, stored, healthOf(detector, row.series.vantage, watch))
    if (row.startedAt >= noteFrom) tally.note(stored, now)
    if (now.kept !== null && now.verdict === stored) return stored
    if (isSame(now.verdict, stored)) return stored
    if (row.startedAt >= noteFrom) changed.push({ seq: row.seq, verdict: now.verdict })
    asItWas = false
    return now.verdict
  }

  function look(row: ScannedRow, stored: Verdict): void {
    const endpoint = endpoints.get(row.series.endpoint)
    if (endpoint === undefined) return
    const { vantage, plan } = row.series
    const { startedAt, endedAt, sawHttp } = row
    const before = detector.vantages[vantage]?.services[endpoint.service]?.lastLookAt ?? null
    const gapMs = roundOf(watch, endpoint.service, vantage) * settings.gapRounds
    const isBack = before === null || endedAt - before > gapMs
    const noted = isBack && endedAt >= noteFrom
    if (noted && before !== null) noteStates(Math.max(noteFrom, before + gapMs + 1))
    const verdict = judged(row, stored)
    const looked = { id: idOf(row), vantage, plan, startedAt, endedAt, sawHttp }
    const rates = row.series.plan === 'throughput' ? parts.rates(row.seq) : null
    take(foldLook(detector, lookOf(looked, endpoint, verdict, rates), watch, settings).changes)
    if (noted) noteStates(Math.max(noteFrom, clock))
  }

  for (const row of rows) {
    if (row.kind === 'tick') {
      tick(row.at)
      continue
    }
    pass(row.endedAt)
    folded += 1
    lastSeq = row.seq
    if (row.answered !== null) {
      const canary = canaries.get(row.series.endpoint)
      if (canary === undefined) continue
      const { startedAt, endedAt, answered } = row
      const { vantage } = row.series
      const seen = { vantage, canary: canary.id, group: canary.group, startedAt, endedAt, answered }
      take(foldCanary(detector, seen, watch, settings).changes)
    } else if (row.verdict !== null) look(row, row.verdict)
  }
  noteStates(Math.max(noteFrom, clock))
  return { rows: folded, outages, verdicts: tally.result(), changed, states, ticks, clock }
}

function openOutages(detector: Detector): Outage[] {
  return Object.values(detector.vantages).flatMap((vantage) =>
    [openOutage(vantage), ...Object.values(vantage.services).map(openOutage)].filter((one) => one !== null),
  )
}

/** What is folded, and what is shown: a sentence that was put better is no other verdict. */
function isSame(one: Verdict, other: Verdict): boolean {
  return (
    one.rule === other.rule &&
    one.outcome === other.outcome &&
    one.reached === other.reached &&
    one.mechanism === other.mechanism &&
    one.weight === other.weight &&
    one.failure === other.failure &&
    one.silent === other.silent &&
    one.layer === other.layer
  )
}
