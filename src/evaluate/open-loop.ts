/**
 * open-loop: a trace from a file through judge/ and detect/: the looks are what they are, whatever the detector would have asked for.
 *
 * Ticks come once a second while an outage is open, as in the daemon. The rules of others see the looks of plain rounds; a retry,
 * which a file cannot answer, is answered by the next look at the same endpoint.
 */
import { newDetector } from '../detect/detector.ts'
import { foldCanary, foldLook, foldTick } from '../detect/fold.ts'
import { healthOf } from '../detect/health.ts'
import type { DetectSettings, Watch } from '../detect/settings.ts'
import { AppError } from '../model/error.ts'
import { createTicks } from '../replay/ticks.ts'
import type { Truth } from './alarms.ts'
import { type Evaluation, evaluation } from './evaluate.ts'
import { createJudge } from './facts.ts'
import { oursOf, type Told } from './ours.ts'
import { createPeers } from './peers.ts'
import type { Seen, Target } from './simulate.ts'
import { type Place, readHeader, readLine, type TraceLine } from './trace.ts'

type Look = Extract<TraceLine, { kind: 'look' }>

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
  const detector = newDetector()
  const judge = createJudge()
  const peers = createPeers()
  const told: Told[] = []
  const truth: Truth[] = []
  const open = new Set<string>()
  const targets = targetsOf(watch)
  /** the last plain look of each target, held back until the next one says what a retry would have met */
  const waiting = new Map<Target, Seen>()
  let looks = 0
  let firstAt: number | null = null
  let clock = 0

  const take = (at: number, changes: readonly Told['change'][]): void => {
    for (const change of changes) {
      told.push({ at, change })
      if (change.outage.closedAt === null) open.add(change.outage.id)
      else open.delete(change.outage.id)
    }
  }
  const pass = createTicks(
    (watch.canaryRoundMs ?? watch.roundMs) * settings.gapRounds,
    () => open.size > 0,
    (at) => take(at, foldTick(detector, at, watch, settings).changes),
  )

  function look(line: Look): void {
    const target = targets.get(`${line.vantage} ${line.endpoint}`)!
    const { startedAt, endedAt, facts, purpose } = line
    const seen: Seen = { target, startedAt, endedAt, facts, purpose }
    if (purpose === 'round') {
      const last = waiting.get(target)
      if (last !== undefined) peers.look(last, () => facts.failed !== null)
      waiting.set(target, seen)
    }
    const verdict = judge(facts, healthOf(detector, line.vantage, watch))
    const id = `line ${looks}`
    const sawHttp = facts.http
    take(
      endedAt,
      foldLook(
        detector,
        { id, ...target, plan: 'heartbeat', startedAt, endedAt, sawHttp, verdict },
        watch,
        settings,
      ).changes,
    )
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
      looks += 1
      clock = line.endedAt
      pass(clock)
      if (line.kind === 'look') look(line)
      else {
        const { vantage, canary, startedAt, endedAt } = line
        const { group } = watch.canaries.find(({ id }) => id === canary)!
        const answered = line.answered ? 'yes' : 'no'
        take(
          endedAt,
          foldCanary(detector, { vantage, canary, group, startedAt, endedAt, answered }, watch, settings)
            .changes,
        )
      }
    },
    end(): Evaluation {
      for (const last of waiting.values()) peers.look(last, () => last.facts.failed !== null)
      const spanMs = Math.max(1, clock - (firstAt ?? clock))
      return evaluation([...oursOf(told), ...peers.results()], truth, spanMs * watch.vantages.length, looks)
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
