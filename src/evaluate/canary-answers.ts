/** canary-answers: what a canary says of its vantage by what it met, in the words of judge/. */
import { judgeCanary } from '../judge/canary.ts'
import type { CanaryAnswer } from '../model/judged-measurement.ts'
import type { Measurement, Observation } from '../model/measurement.ts'
import type { Canary } from '../model/service.ts'
import { measurementOf } from './facts.ts'
import { factsOf, type Sight } from './mechanisms.ts'

/** @param isUp whether an address that is known otherwise can be reached, though the name cannot be looked up */
export type CanarySays = (seen: Sight | null, secure: boolean, isUp: boolean) => CanaryAnswer

/** Each combination is judged once. */
export function createCanarySays(): CanarySays {
  const known = new Map<string, CanaryAnswer>()
  return (seen, secure, isUp) => {
    const key = `${seen} ${secure} ${isUp}`
    const before = known.get(key)
    if (before !== undefined) return before
    const answer = judgeCanary(measurementIn(seen, secure, isUp), canaryOf(secure))
    known.set(key, answer)
    return answer
  }
}

/** What its diagnosis says of a canary. */
export function diagnosedCanary(diagnosis: Measurement): CanaryAnswer {
  return judgeCanary(diagnosis, canaryOf(true))
}

function canaryOf(secure: boolean): Canary {
  const url = secure ? 'https://www.site.example/' : 'http://www.site.example/'
  return { id: 'canary/simulated', url, group: 'international', expectBody: null }
}

function measurementIn(seen: Sight | null, secure: boolean, isUp: boolean) {
  const failed = factsOf(seen)
  const here = measurementOf(failed, !secure, canaryOf(secure).url)
  if (failed?.layer !== 'dns') return here
  const connected = measurementOf(null, !secure, here.url).observations.filter(({ layer }) => layer !== 'dns')
  const elsewhere = isUp ? connected : connected.slice(0, 1)
  const failure = isUp ? null : 'generic_timeout_error'
  const others = elsewhere.map((step) => ({ ...step, source: 'control', failure }) as Observation)
  return { ...here, observations: [...here.observations, ...others] }
}
