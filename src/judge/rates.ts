/** Transfers into rates: how fast the service came here, and the neutral host, and both for the control. */
import type { TransferExperiment } from '../model/experiment.ts'
import type { Measurement } from '../model/measurement.ts'
import { type Rates, type Speed, isRated, ratioOf, speedOf } from '../model/rates.ts'

/** One vantage's share. */
interface Own {
  readonly target: TransferExperiment | null
  readonly neutral: TransferExperiment | null
  readonly byName: number | null
}

/**
 * What a measurement of plan `throughput` came to.
 *
 * @param controls the same from controls that are well; of several the one that got the service fastest speaks
 * @returns `null` for other plans, and when unfit
 */
export function ratesOf(measurement: Measurement, controls: readonly Measurement[]): Rates | null {
  if (measurement.plan !== 'throughput' || measurement.unfit !== null) return null
  const here = ownOf(measurement)
  const there = controls
    .filter(({ plan, unfit }) => plan === 'throughput' && unfit === null)
    .map(ownOf)
    .filter(({ target }) => target !== null)
    .toSorted((a, b) => rate(b.target) - rate(a.target))[0]
  // As many bytes of each: a longer transfer has more of its time at full speed.
  const upTo = Math.min(...[here.target, there?.target].map((trial) => trial?.bytes ?? Infinity))
  const speed = (trial: TransferExperiment | null | undefined): Speed | null =>
    trial === null || trial === undefined ? null : speedOf(trial, upTo)
  return {
    target: speed(here.target),
    neutral: speed(here.neutral),
    control: speed(there?.target),
    controlNeutral: speed(there?.neutral),
    byName: here.byName,
  }
}

function ownOf({ experiments }: Measurement): Own {
  const trial = (name: TransferExperiment['name'], at: TransferExperiment['at']) =>
    experiments.find(
      (experiment): experiment is TransferExperiment =>
        experiment.kind === 'transfer' &&
        experiment.name === name &&
        experiment.at === at &&
        isRated(experiment),
    ) ?? null
  const own = trial('target', 'target')
  const neutral = trial('neutral', 'neutral')
  const standIn = trial('target', 'neutral')
  return {
    target: own ?? standIn,
    neutral,
    byName: middle(between(standIn, neutral), between(own, trial('neutral', 'target'))),
  }
}

function between(one: TransferExperiment | null, other: TransferExperiment | null): number | null {
  if (one === null || other === null) return null
  const upTo = Math.min(one.bytes, other.bytes)
  return ratioOf(speedOf(one, upTo), speedOf(other, upTo))
}

/** Of two servers that were asked: one transfer that was lucky must not decide, nor one server that is spared hide the other. */
function middle(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.sqrt(one * other)
}

function rate(trial: TransferExperiment | null): number {
  return trial === null ? 0 : speedOf(trial, trial.bytes).bytesPerSecond
}
