/** save: one step of the watchkeeper, as the store keeps it. */
import type { Measurement } from '../model/measurement.ts'
import type { Saved } from '../store/store.ts'
import type { Step } from '../watch/types.ts'

export function savedOf(step: Step<Measurement>): Saved {
  const { measurement, verdict, changes, incidents, states, detector, answered, controls, rates, tickAt } =
    step
  return {
    measurement,
    verdict,
    changes,
    incidents,
    states,
    detector,
    ...(answered !== null && { answered }),
    ...(verdict !== null && { controls, rates }),
    ...(tickAt !== null && { tickAt }),
  }
}
