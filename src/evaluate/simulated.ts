/** simulated: a measurement of the simulation, and how the watchkeeper reads it. */
import { judge as judgeTrials } from '../judge/judge.ts'
import type { CanaryAnswer } from '../model/judged-measurement.ts'
import type { Measurement } from '../model/measurement.ts'
import { NO_NOTES } from '../watch/memory.ts'
import type { Reading } from '../watch/types.ts'
import { diagnosedCanary } from './canary-answers.ts'
import { createJudge, type Facts, measurementOf } from './facts.ts'

/** Unix ms */
export interface Simulated {
  readonly id: string
  readonly startedAt: number
  readonly endedAt: number
  /** it went as far as HTTP, or would have */
  readonly sawHttp: boolean
  /** `null` = fine */
  readonly failed: Facts['failed']
  /** what it says as a canary; absent = whether it failed is all there is */
  readonly answered?: CanaryAnswer
  /** it was made of trials */
  readonly diagnosis?: Measurement
}

/** Facts are judged by judge/ itself, once for each combination of them. */
export function readSimulated(): Reading<Simulated> {
  const judge = createJudge()
  const fineTls = judge({ failed: null, http: false, control: null }, 'online')
  const fineHttp = judge({ failed: null, http: true, control: null }, 'online')
  return {
    timing: (measurement) => measurement,
    unfit: () => null,
    judge({ failed, sawHttp: http, diagnosis }, controls, health) {
      if (diagnosis !== undefined) {
        const there = controls.map((control) => measurementOf(control.failed, true))
        return judgeTrials(diagnosis, there, health)
      }
      if (failed === null) return http ? fineHttp : fineTls
      const control =
        controls.length === 0 ? null : controls.some((c) => c.failed === null) ? 'fine' : 'fails'
      return judge({ failed, http, control }, health)
    },
    needsControl: () => false,
    rates: () => null,
    answered({ failed, answered, diagnosis }) {
      if (diagnosis !== undefined) return diagnosedCanary(diagnosis)
      return answered ?? (failed === null ? 'yes' : 'no')
    },
    addresses: () => [],
    reachedMs: ({ startedAt, endedAt }) => endedAt - startedAt,
    notes: () => NO_NOTES,
    withMemory: (measurement) => measurement,
  }
}
