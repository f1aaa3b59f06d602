/**
 * refold: stored measurements through the watchkeeper again, one after the other, as the daemon took them.
 *
 * The same rows, rules and start give the same outages to the byte.
 */
import { NO_NOTES } from '../watch/memory.ts'
import { openOutage } from '../detect/detector.ts'
import type { Detector } from '../detect/state.ts'
import { canaryRoundOf, roundOf } from '../detect/settings.ts'
import type { Outage, StateChange } from '../model/outage.ts'
import type { Rates } from '../model/rates.ts'
import type { Health } from '../model/vantage.ts'
import type { Verdict } from '../model/verdict.ts'
import { idOf, type ScannedRow, type ScannedTick } from '../store/measurements/scan-rows.ts'
import { createWatchkeeper } from '../watch/keeper.ts'
import { passUntil } from '../watch/pass-until.ts'
import { createStateNotes } from '../watch/states.ts'
import type { Command, ProbeCommand, Reading, Watching } from '../watch/types.ts'
import type { Rejudged } from './rejudge.ts'
import { createTally, type Tally } from './tally.ts'

export interface RefoldParts {
  /** where it stood before the first row; advanced in place */
  readonly detector: Detector
  readonly watching: Watching
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
  /** Unix ms: the end of the last measurement */
  readonly clock: number
}

/** Folds all rows. */
export function refold(parts: RefoldParts, rows: Iterable<ScannedRow | ScannedTick>): Refolded {
  const run = startRun(parts)
  for (const row of rows) {
    if (row.kind === 'tick') run.tick(row.at)
    else run.measured(row)
  }
  return run.end()
}

function startRun({ detector, watching, rejudge, rates, ticks: mode, noteFrom }: RefoldParts) {
  const outages = new Map(openOutages(detector).map((outage) => [outage.id, outage]))
  const judging = createJudging(rejudge, noteFrom)
  const states: StateChange[] = []
  const ticks: { seq: number; at: number }[] = []
  const note = createStateNotes([])
  const commandOf = createCommands(watching)
  const reading: Reading<ScannedRow> = {
    timing: (row) => ({
      id: idOf(row),
      startedAt: row.startedAt,
      endedAt: row.endedAt,
      sawHttp: row.sawHttp,
    }),
    unfit: () => null,
    judge: (row, _, health) => judging.verdict(row, health),
    needsControl: () => false,
    rates: ({ series, seq }) => (series.plan === 'throughput' ? rates(seq) : null),
    answered: ({ answered }) => answered ?? 'unknown',
    addresses: () => [],
    reachedMs: () => 0,
    notes: () => NO_NOTES,
    withMemory: (measurement) => measurement,
  }
  const keeper = createWatchkeeper({ watching, reading, detector, past: true, notesStates: false })
  const quietMs = quietOf(watching, noteFrom)
  let rows = 0
  let lastSeq = 0
  let clock = 0

  function noteStates(at: number): void {
    states.push(...note(keeper.status(at), at))
  }

  /** @returns whether an outage changed */
  function take(commands: readonly Command<ScannedRow>[]): boolean {
    const changes = commands.flatMap((command) => (command.kind === 'changed' ? [command.change] : []))
    for (const { outage } of changes) outages.set(outage.id, outage)
    if (changes.length > 0 && clock >= noteFrom) noteStates(clock)
    return changes.length > 0
  }

  function tick(at: number): void {
    if (take(keeper.handle({ kind: 'tick', at }))) ticks.push({ seq: lastSeq, at })
  }

  function measured(row: ScannedRow): void {
    const at = Math.max(clock, row.endedAt)
    if (mode === 'made' || judging.hasChanged()) passUntil(keeper, clock, at, quietMs, tick)
    clock = at
    rows += 1
    lastSeq = row.seq
    const of = commandOf(row)
    if (of === null) return
    const sinceAt = 'service' in of.target ? lastMeasuredAt(detector, of) : undefined
    const gapMs = sinceAt === undefined ? 0 : gapOf(watching, of, clock)
    const isBack = sinceAt === null || (sinceAt !== undefined && row.endedAt - sinceAt > gapMs)
    const noted = isBack && row.endedAt >= noteFrom
    if (noted && typeof sinceAt === 'number') noteStates(Math.max(noteFrom, sinceAt + gapMs + 1))
    take(keeper.handle({ kind: 'measured', at, of, measurement: row, controls: [] }))
    if (noted) noteStates(Math.max(noteFrom, clock))
  }

  return {
    tick,
    measured,
    end(): Refolded {
      noteStates(Math.max(noteFrom, clock))
      return { rows, outages, verdicts: judging.tally(), changed: judging.changed, states, ticks, clock }
    },
  }
}

/** Judges rows anew, and counts what came of that. */
function createJudging(rejudge: RefoldParts['rejudge'], noteFrom: number) {
  const tally = createTally()
  const changed: { seq: number; verdict: Verdict }[] = []
  let hasChanged = false
  return {
    changed,
    tally: () => tally.result(),
    hasChanged: () => hasChanged,
    verdict(row: ScannedRow, health: Health): Verdict {
      const stored = row.verdict!
      if (rejudge === null) return stored
      const now = rejudge(row, stored, health)
      if (row.startedAt >= noteFrom) tally.note(stored, now)
      if (now.kept !== null && now.verdict === stored) return stored
      if (isSame(now.verdict, stored)) return stored
      if (row.startedAt >= noteFrom) changed.push({ seq: row.seq, verdict: now.verdict })
      hasChanged = true
      return now.verdict
    },
  }
}

/** What each row answers, as if it had been asked for; `null` = nothing that is decided by, or of nothing that is known. */
function createCommands({ endpoints, canaries }: Watching): (row: ScannedRow) => ProbeCommand | null {
  const known = new Map<ScannedRow['series'], ProbeCommand | null>()
  return ({ series, answered, verdict }) => {
    if (answered === null && verdict === null) return null
    let command = known.get(series)
    if (command === undefined) {
      const { vantage, endpoint, plan, purpose } = series
      const target = answered === null ? endpoints.get(endpoint) : canaries.get(endpoint)
      const how = { plan, purpose: answered === null ? purpose : 'canary' } as const
      command =
        target === undefined
          ? null
          : { kind: 'probe', vantage, target, ...how, extraAddresses: [], overdueAfterMs: null }
      known.set(series, command)
    }
    return command
  }
}

/** Where there are no canaries nothing grows stale: what was imported has gaps of hours, and years of them. */
function quietOf({ watchAt, settings }: Watching, at: number): number {
  const watch = watchAt(at)
  return watch.canaries.length === 0 ? 0 : canaryRoundOf(watch) * settings.gapRounds
}

/** `null` = never */
function lastMeasuredAt(detector: Detector, { vantage, target }: ProbeCommand): number | null {
  const service = 'service' in target ? target.service : ''
  return detector.vantages[vantage]?.services[service]?.lastLookAt ?? null
}

function gapOf({ watchAt, settings }: Watching, { vantage, target }: ProbeCommand, at: number): number {
  return roundOf(watchAt(at), 'service' in target ? target.service : '', vantage) * settings.gapRounds
}

function openOutages(detector: Detector): Outage[] {
  return Object.values(detector.vantages).flatMap((vantage) =>
    [openOutage(vantage), ...Object.values(vantage.services).map(openOutage)].filter(
      (outage) => outage !== null,
    ),
  )
}

/** What is folded, and what is shown: a sentence that was put better is no other verdict. */
function isSame(verdict: Verdict, other: Verdict): boolean {
  return (
    verdict.rule === other.rule &&
    verdict.outcome === other.outcome &&
    verdict.reached === other.reached &&
    verdict.mechanism === other.mechanism &&
    verdict.weight === other.weight &&
    verdict.failure === other.failure &&
    verdict.silent === other.silent &&
    verdict.layer === other.layer
  )
}
