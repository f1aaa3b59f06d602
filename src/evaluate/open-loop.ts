/**
 * open-loop: a trace from a file through the watchkeeper: the measurements are what they are, whatever it would have asked for.
 *
 * Ticks come once a second while an outage is open, as in the daemon. The rules of others see the measurements of plain rounds; a retry,
 * which a file cannot answer, is answered by the next probe of the same endpoint.
 */
import { newDetector } from '../detect/detector.ts'
import { canaryRoundOf, type DetectSettings, type Watch } from '../detect/settings.ts'
import { AppError } from '../model/error.ts'
import { createWatchkeeper } from '../watch/keeper.ts'
import { passUntil } from '../watch/pass-until.ts'
import type { Command, ProbeCommand } from '../watch/types.ts'
import type { Truth } from './alarms.ts'
import { type Evaluation, evaluation } from './evaluate.ts'
import { didbonRules, type ReportedChange } from './didbon-rules.ts'
import { createBaselineMonitors } from './baseline-monitors.ts'
import type { Seen, Target } from './answers.ts'
import { watchingOf } from './simulate.ts'
import { readSimulated, type Simulated } from './simulated.ts'
import { type Place, readHeader, readLine, type TraceLine } from './trace.ts'

/**
 * Evaluates a trace as it is read.
 *
 * @param file for messages
 * @throws AppError `usage`: what is wrong with a line, with its number, its field and what would be right
 */
export async function evaluateTrace(
  lines: AsyncIterable<string>,
  file: string,
  settings: DetectSettings,
): Promise<Evaluation> {
  let run: ReturnType<typeof createRun> | null = null
  let watch: Watch | null = null
  let number = 0
  for await (const text of lines) {
    number += 1
    if (text.trim() === '') continue
    const place: Place = { file, line: number }
    if (watch === null || run === null) {
      watch = readHeader(text, place)
      run = createRun(watch, settings)
    } else run.take(readLine(text, place, watch), place)
  }
  if (run === null)
    throw new AppError('usage', `${file} is empty: a trace begins with a line that says what it is`)
  return run.end()
}

function createRun(watch: Watch, settings: DetectSettings) {
  const watching = watchingOf({ watch, settings })
  const keeper = createWatchkeeper({
    watching,
    reading: readSimulated(),
    detector: newDetector(),
    past: true,
    notesStates: false,
  })
  const staleMs = canaryRoundOf(watch) * settings.gapRounds
  const plain = createPlainRounds()
  const waiting = createWaiting(watch)
  const told: ReportedChange[] = []
  const truth: Truth[] = []
  const targets = targetsOf(watch)
  let measurements = 0
  let firstAt: number | null = null
  let clock = 0

  function take(commands: readonly Command<Simulated>[], at: number): void {
    for (const command of commands) if (command.kind === 'changed') told.push({ at, change: command.change })
  }

  function measured(line: Measured, at: number): void {
    const { vantage, startedAt, endedAt } = line
    const id = `line ${measurements}`
    const how = { plan: 'heartbeat', extraAddresses: [], overdueAfterMs: null } as const
    if (line.kind === 'canary') {
      const failed = line.answered ? null : UNANSWERED
      const target = watching.canaries.get(line.canary)!
      const of: ProbeCommand = { kind: 'probe', vantage, target, purpose: 'canary', ...how }
      const measurement = { id, startedAt, endedAt, sawHttp: true, failed }
      return take(keeper.handle({ kind: 'measured', at, of, measurement }), at)
    }
    const { failed, http: sawHttp, control } = line.facts
    const target = watching.endpoints.get(line.endpoint)!
    const of: ProbeCommand = { kind: 'probe', vantage, target, purpose: line.purpose, ...how }
    const measurement = { id, startedAt, endedAt, sawHttp, failed }
    const controls =
      control === null ? [] : [{ ...measurement, sawHttp: true, failed: control === 'fails' ? failed : null }]
    plain.note({ target: targets.get(`${vantage} ${line.endpoint}`)!, ...line })
    take(keeper.handle({ kind: 'measured', at, of, measurement, controls }), at)
  }

  return {
    take(line: TraceLine, { file, line: number }: Place): void {
      if (line.kind === 'truth') {
        truth.push(line.truth)
        return
      }
      if (line.endedAt < clock) {
        throw new AppError(
          'usage',
          `${file}:${number}  at: the measurement ended before the one above it; sort the lines by end time (at + ms)`,
        )
      }
      firstAt ??= line.startedAt
      measurements += 1
      passUntil(keeper, clock, line.endedAt, staleMs, (at) => take(keeper.handle({ kind: 'tick', at }), at))
      clock = line.endedAt
      for (const measurement of waiting.next(line)) measured(measurement, clock)
      if (!waiting.hold(line)) measured(line, clock)
    },
    end(): Evaluation {
      for (const measurement of waiting.rest()) measured(measurement, clock)
      const spanMs = Math.max(1, clock - (firstAt ?? clock))
      const results = [...didbonRules(told), ...plain.results()]
      return evaluation(results, truth, spanMs * watch.vantages.length, measurements)
    },
  }
}

type Measured = Exclude<TraceLine, { kind: 'truth' }>

/** As long as any canary takes to answer. */
const WAIT_MS = 15_000

/** A failure waits, as it did for the daemon, until each canary of its vantage was asked since it began, or nobody asks. */
function createWaiting({ canaries }: Watch) {
  const held: { readonly line: Measured; readonly missing: Set<string> }[] = []
  const take = (isReady: (one: (typeof held)[number]) => boolean): Measured[] => {
    const ready = held.filter(isReady)
    for (const one of ready) held.splice(held.indexOf(one), 1)
    return ready.map(({ line }) => line)
  }
  return {
    /** @returns what need not wait for this line any more */
    next: (line: Measured): Measured[] =>
      take((one) => one.missing.size === 0 || one.line.endedAt + WAIT_MS < line.endedAt),
    rest: (): Measured[] => take(() => true),
    /** @returns whether the line itself has to wait */
    hold(line: Measured): boolean {
      if (line.kind === 'canary') {
        for (const one of held)
          if (one.line.vantage === line.vantage && line.startedAt >= one.line.startedAt)
            one.missing.delete(line.canary)
        return false
      }
      if (line.facts.failed === null || canaries.length === 0) return false
      held.push({ line, missing: new Set(canaries.map(({ id }) => id)) })
      return true
    },
  }
}

/** What a canary that did not answer saw; which failure it was plays no part. */
const UNANSWERED = { layer: 'tcp', failure: 'generic_timeout_error' } as const

/** The rules of others, each measurement of a plain round held back until the next one says what a retry would have met. */
function createPlainRounds() {
  const baselines = createBaselineMonitors()
  const waiting = new Map<Target, Seen>()
  return {
    note(seen: Seen): void {
      if (seen.purpose !== 'round') return
      const last = waiting.get(seen.target)
      if (last !== undefined) baselines.add(last, () => seen.facts.failed !== null)
      waiting.set(seen.target, seen)
    },
    results() {
      for (const last of waiting.values()) baselines.add(last, () => last.facts.failed !== null)
      return baselines.results()
    },
  }
}

function targetsOf({ vantages, services }: Watch): ReadonlyMap<string, Target> {
  return new Map(
    vantages.flatMap(({ id: vantage }) =>
      services.flatMap(({ id: service, endpoints }) =>
        endpoints.map(({ id: endpoint, role }): [string, Target] => [
          `${vantage} ${endpoint}`,
          { vantage, service, endpoint, role },
        ]),
      ),
    ),
  )
}
