/**
 * Plan `throughput`: is the service slow here, and is it alone in that? Whether it can be reached is not asked, so nothing here moves that.
 *
 * One transfer never makes an outage: detect/ adds them up, and compares with the vantage's own last days besides.
 */
import {
  FAST_BYTES_PER_SECOND,
  SLOW_RATIO,
  againstControl,
  againstNeutral,
  type Rates,
} from '../../model/rates.ts'
import type { Evidence } from '../evidence.ts'
import type { Rule } from '../rule.ts'
import { WEIGHTS } from '../weights.ts'

const NO_CONTROL_USED = { reached: 'unknown', mechanism: null, weight: WEIGHTS.none, silent: false } as const

/** A rule that looks at the rates only. */
function rated(when: (rates: Rates) => boolean): (evidence: Evidence) => boolean {
  return ({ rates }) => rates !== null && when(rates)
}

function isSlow(ratio: number | null): boolean {
  return ratio !== null && ratio < SLOW_RATIO
}

/** Whether a comparison was made and came out well. */
function isEven(ratio: number | null): boolean {
  return ratio !== null && ratio >= SLOW_RATIO
}

/** Come right after the rules about fitness; the last of them matches every measurement of the plan. */
export const THROUGHPUT_RULES: readonly Rule[] = [
  {
    ...NO_CONTROL_USED,
    id: 'throughput_not_measured',
    when: rated(({ target }) => target === null),
    outcome: 'insufficient',
    because: 'Too few bytes arrived, under this name or from this server, to say how fast they are.',
  },
  {
    ...NO_CONTROL_USED,
    id: 'throughput_fast',
    when: rated(({ target }) => target!.bytesPerSecond >= FAST_BYTES_PER_SECOND),
    outcome: 'ok',
    because: 'Its bytes arrive fast enough for video.',
  },
  {
    ...NO_CONTROL_USED,
    id: 'throughput_slow_line',
    when: rated((rates) => isEven(againstNeutral(rates))),
    outcome: 'ok',
    because: 'Its bytes arrive slowly, and those of a neutral host over the same line do too.',
  },
  {
    ...NO_CONTROL_USED,
    id: 'throughput_slow_site',
    when: rated((rates) => isEven(againstControl(rates))),
    outcome: 'ok',
    because: 'Its bytes arrive slowly here, and to the control too.',
  },
  {
    ...NO_CONTROL_USED,
    id: 'throughput_vantage_not_well',
    when: ({ rates, health }) => rates !== null && health !== 'online',
    outcome: 'insufficient',
    because: 'Its bytes arrive slowly, and the vantage point itself is not known to be healthy.',
  },
  {
    ...NO_CONTROL_USED,
    id: 'throughput_not_by_name',
    when: rated(({ byName }) => isEven(byName)),
    outcome: 'insufficient',
    because:
      'Its bytes arrive slowly here only, but one server is as fast under its name as under another, as on a busy path.',
  },
  {
    ...NO_CONTROL_USED,
    id: 'throughput_follows_name',
    when: rated((rates) => isSlow(rates.byName) && isSlow(againstNeutral(rates))),
    outcome: 'confirmed',
    mechanism: 'throttle',
    weight: WEIGHTS.slowByName,
    because: 'The same server is slow under its name and fast under another.',
  },
  {
    ...NO_CONTROL_USED,
    id: 'throughput_slow_here_only',
    when: rated((rates) => isSlow(againstNeutral(rates)) && isSlow(againstControl(rates))),
    outcome: 'anomaly',
    weight: WEIGHTS.slowHere,
    because:
      'Its bytes arrive slowly here, while a neutral host over the same line, and the control, get theirs fast.',
  },
  {
    ...NO_CONTROL_USED,
    id: 'throughput_too_little_to_compare',
    when: rated(() => true),
    outcome: 'insufficient',
    because: 'Its bytes arrive slowly, and there is too little to compare that with.',
  },
]
