/** evaluate: a trace through the engine and through the rules of others, and what each was worth. */
import { DEFAULTS, type DetectSettings } from '../detect/settings.ts'
import { DAY_MS } from '../model/time.ts'
import type { Truth } from './alarms.ts'
import { generateWorld, type WorldOptions } from './generate.ts'
import { didbonRules } from './didbon-rules.ts'
import { createBaselineMonitors } from './baseline-monitors.ts'
import { type Miscalled, miscalledOf } from './miscalled.ts'
import { seeded } from './random.ts'
import { type Score, scoreOf } from './score.ts'
import { simulate } from './simulate.ts'

export interface Evaluation {
  readonly looks: number
  readonly vantageYears: number
  readonly truth: Readonly<Record<Truth['kind'], number>>
  /** ours first */
  readonly scores: readonly Score[]
  /** what was called by a name that was not so, by the fault that stood then; only of worlds with faults of lines */
  readonly miscalled?: readonly Miscalled[]
}

const YEAR_MS = 365 * DAY_MS

/** Draws a world and runs it: our confirmations react to what the detector asks for, the others see the plain rounds. */
export function evaluateWorld(options: WorldOptions, settings: DetectSettings = DEFAULTS): Evaluation {
  const world = generateWorld(options)
  const baselines = createBaselineMonitors()
  const run = simulate({ ...world, settings, watcher: { observe: baselines.add } }, seeded(options.seed + 1))
  const vantageMs = world.spanMs * world.watch.vantages.length
  const found = evaluation(
    [...didbonRules(run.told), ...baselines.results()],
    world.truth,
    vantageMs,
    run.looks,
  )
  return options.faults ? { ...found, miscalled: miscalledOf(run.told, world.truth) } : found
}

/** @param vantageMs vantages times the length of the trace */
export function evaluation(
  results: Parameters<typeof scoreOf>[0][],
  truth: readonly Truth[],
  vantageMs: number,
  measurements: number,
): Evaluation {
  const count = (wanted: Truth['kind']) => truth.filter(({ kind }) => kind === wanted).length
  return {
    looks: measurements,
    vantageYears: vantageMs / YEAR_MS,
    truth: { block: count('block'), gone: count('gone'), trouble: count('trouble') },
    scores: results.map((result) => scoreOf(result, truth, vantageMs)),
  }
}
