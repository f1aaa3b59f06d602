import { describe, expect, test } from 'vitest'
import { newDetector, vantageState } from '../../src/detect/detector.ts'
import type { EndpointState } from '../../src/detect/state.ts'
import { endpointState, foldReach } from '../../src/detect/reach.ts'
import { DEFAULTS, reachThreshold } from '../../src/detect/settings.ts'
import type { JudgedMeasurement } from '../../src/model/judged-measurement.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import { aJudgedMeasurement, blockpage, fine, MINUTE, reset, SECOND, silent, T0 } from './builders.ts'

function anEndpoint(): EndpointState {
  return endpointState(vantageState(newDetector(), 'babilon'), 'facebook/www', T0)
}
/** An endpoint that has been fine for half an hour, up to just before T0. */
function aKnownEndpoint(): EndpointState {
  const state = anEndpoint()
  for (let n = 60; n >= 1; n--) foldReach(state, aJudgedMeasurement(fine, T0 - n * 30 * SECOND), DEFAULTS)
  return state
}
function fold(
  state: EndpointState,
  verdict: Partial<Verdict>,
  at: number,
  more?: Partial<JudgedMeasurement>,
): string {
  return foldReach(state, aJudgedMeasurement(verdict, T0 + at, more), DEFAULTS)
}
/** Folds looks until it is out; how many it took. */
function measurementsUntilOut(state: EndpointState, verdict: Partial<Verdict>): number {
  for (let n = 1; n <= 50; n++) {
    fold(state, verdict, n * SECOND)
    if (state.out) return n
  }
  return Infinity
}

describe('how many looks it takes', () => {
  test.each([
    { name: 'resets at a known endpoint', state: aKnownEndpoint, verdict: reset, looks: 3 },
    { name: 'silence at a known endpoint', state: aKnownEndpoint, verdict: silent, looks: 4 },
    { name: 'resets at an endpoint never seen before', state: anEndpoint, verdict: reset, looks: 3 },
    { name: 'silence at an endpoint never seen before', state: anEndpoint, verdict: silent, looks: 6 },
    { name: 'a block page at a known endpoint', state: aKnownEndpoint, verdict: blockpage, looks: 3 },
  ])('$name -> out after $looks, never one', ({ state, verdict, looks: measurements }) => {
    expect(measurementsUntilOut(state(), verdict)).toBe(measurements)
  })

  test('silence on a path that loses a fifth of the looks -> takes more than twice as many', () => {
    const state = anEndpoint()
    for (let n = 200; n >= 1; n--) {
      const verdict = n % 5 === 0 ? silent : fine
      foldReach(state, aJudgedMeasurement(verdict, T0 - n * 30 * SECOND), DEFAULTS)
    }
    expect(state.out).toBe(false)
    expect(measurementsUntilOut(state, silent)).toBeGreaterThan(6)
  })

  test('three fine looks after an outage -> back, not one', () => {
    const state = aKnownEndpoint()
    measurementsUntilOut(state, reset)
    const steps = [10, 11, 12].map((s) => [fold(state, fine, s * SECOND), state.out])
    expect(steps).toEqual([
      ['recovering', true],
      ['recovering', true],
      ['recovering', false],
    ])
  })

  test('a leak every third look -> stays out', () => {
    const state = aKnownEndpoint()
    measurementsUntilOut(state, reset)
    for (let n = 10; n < 100; n++) fold(state, n % 3 === 0 ? fine : reset, n * SECOND)
    expect(state.out).toBe(true)
  })

  test('out for days -> the score stays at the threshold, and it is as quick to come back', () => {
    const state = aKnownEndpoint()
    for (let n = 0; n < 5000; n++) fold(state, silent, n * 30 * SECOND)
    expect(state.score).toBe(reachThreshold(DEFAULTS))
  })
})

describe('looks overtaken by newer ones', () => {
  test('a timeout that began before a look that was fine -> set aside, and remembered as base rate', () => {
    const state = aKnownEndpoint()
    fold(state, fine, 4 * SECOND)
    expect(fold(state, silent, 0)).toBe('aside')
    expect(state.score).toBe(0)
    expect(state.memory.failures['generic_timeout_error']?.[2]).toBe(1)
  })

  test('a slow fine look that began before a reset -> set aside', () => {
    const state = aKnownEndpoint()
    fold(state, reset, 5 * SECOND)
    const score = state.score
    expect(fold(state, fine, 0, { endedAt: T0 + 8 * SECOND })).toBe('aside')
    expect(state.score).toBe(score)
  })

  test('a timeout that began before another timeout -> counts', () => {
    const state = aKnownEndpoint()
    fold(state, silent, 4 * SECOND)
    expect(fold(state, silent, 3 * SECOND)).toBe('failing')
  })

  test('a burst of ten seconds, then fine, then the timeouts come in -> never in doubt', () => {
    const state = aKnownEndpoint()
    fold(state, fine, 8 * SECOND)
    const steps = [0, 4, 5].map((s) => fold(state, silent, s * SECOND))
    expect(steps).toEqual(['aside', 'aside', 'aside'])
    expect(state.out).toBe(false)
  })
})

describe('what is remembered', () => {
  test('failures while in doubt -> base rate only once it proved fine', () => {
    const state = aKnownEndpoint()
    fold(state, silent, 0)
    expect(state.memory.failures).toEqual({})
    fold(state, fine, 20 * SECOND)
    expect(state.score).toBe(0)
    expect(state.memory.failures['generic_timeout_error']?.[2]).toBeCloseTo(0.95, 5)
  })

  test('an outage of an hour -> teaches nothing about the path', () => {
    const state = aKnownEndpoint()
    for (let n = 0; n < 120; n++) fold(state, silent, n * 30 * SECOND)
    for (let n = 120; n < 124; n++) fold(state, fine, n * 30 * SECOND)
    expect(state.out).toBe(false)
    expect(state.memory.failures).toEqual({})
  })

  test('out for half a minute -> may have been a burst of loss: the next time takes more', () => {
    const state = aKnownEndpoint()
    measurementsUntilOut(state, silent)
    for (const s of [20, 21, 22]) fold(state, fine, s * SECOND)
    expect(state.out).toBe(false)
    for (const s of [60, 61, 62]) fold(state, silent, s * SECOND)
    expect(state.out).toBe(false)
  })
})

describe('failures of HTTP', () => {
  const withHttp = { sawHttp: true }

  test('a heartbeat that stops at TLS -> does not refute a block page, and is not the last fine look', () => {
    const state = aKnownEndpoint()
    fold(state, blockpage, 0, withHttp)
    const { score, fineAt } = state
    expect(state.needsHttp).toBe(true)
    expect(fold(state, fine, 30 * SECOND)).toBe('aside')
    expect(state).toMatchObject({ score, fineAt })
  })

  test('a heartbeat made while the page timed out -> has not overtaken it: counted, and no base rate', () => {
    const state = aKnownEndpoint()
    const slow = { ...silent, layer: 'http', mechanism: 'http.timeout' } as const
    fold(state, fine, 4 * SECOND)
    expect(fold(state, slow, 0, withHttp)).toBe('failing')
    expect(state).toMatchObject({ needsHttp: true, httpMemory: { failures: {} } })
    expect(fold(state, fine, 5 * SECOND, { endedAt: T0 + 11 * SECOND })).toBe('aside')
  })

  test('a page that came while another timed out -> has overtaken it', () => {
    const state = aKnownEndpoint()
    const slow = { ...silent, layer: 'http', mechanism: 'http.timeout' } as const
    fold(state, fine, 4 * SECOND, withHttp)
    expect(fold(state, slow, 0, withHttp)).toBe('aside')
    expect(state.httpMemory.failures['http generic_timeout_error']?.[2]).toBe(1)
    expect(state.score).toBe(0)
  })

  test('fine up to HTTP -> refuted, and heartbeats may stop at TLS again', () => {
    const state = aKnownEndpoint()
    fold(state, blockpage, 0, withHttp)
    fold(state, fine, 30 * SECOND, withHttp)
    fold(state, fine, 31 * SECOND, withHttp)
    expect(state).toMatchObject({ score: 0, needsHttp: false })
  })

  test('HTTP that often fails -> learned against looks that went so far, not against heartbeats', () => {
    const slow = {
      ...blockpage,
      outcome: 'anomaly',
      mechanism: 'http.timeout',
      failure: 'generic_timeout_error',
    } as const
    const state = aKnownEndpoint()
    for (let n = 0; n < 400; n++) {
      const at = n * 30 * SECOND
      if (n % 10 !== 0) fold(state, fine, at)
      else fold(state, n % 20 === 0 ? slow : fine, at, withHttp)
    }
    fold(state, fine, 400 * 30 * SECOND, withHttp)
    fold(state, fine, 401 * 30 * SECOND, withHttp)
    expect(state.score).toBe(0)
    fold(state, slow, 402 * 30 * SECOND, withHttp)
    expect(state.score).toBeLessThan(1.5)
  })
})

test('onset and end -> start of the last fine look, end of the first that was not, and the other way round', () => {
  const state = aKnownEndpoint()
  for (const s of [3, 4, 5]) fold(state, reset, s * SECOND)
  expect(state).toMatchObject({ fineAt: T0 - 30 * SECOND, firstFailedAt: T0 + 3200, outAt: T0 + 5200 })
  for (const s of [60, 61, 62]) fold(state, fine, s * SECOND)
  expect(state).toMatchObject({ failedAt: T0 + 5 * SECOND, firstFineAt: T0 + MINUTE + 200, out: false })
})

test('in doubt for long -> no more than twenty failures are kept aside', () => {
  const state = aKnownEndpoint()
  for (let n = 0; n < 100; n++) fold(state, silent, n * SECOND)
  expect(state.aside).toHaveLength(20)
})
