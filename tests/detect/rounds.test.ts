/** Rounds that differ by service and vantage: each pair, and the canaries, have a clock of their own. */
import { describe, expect, test } from 'vitest'
import { foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import type { DetectorHarness } from './builders.ts'
import { fine, MINUTE, createHarness, SECOND, silent, story, T0, TRUSTED, WATCH } from './builders.ts'

/** Two minutes from babilon, as everywhere else for the others. */
const SLOW: Watch = {
  ...TRUSTED,
  roundMsOf: (service, vantage) =>
    vantage === 'babilon' && service === 'facebook' ? 2 * MINUTE : 30 * SECOND,
}

function stateOf(harness: DetectorHarness, service: string, at: number): string | undefined {
  return statusOf(harness.detector, at, SLOW, DEFAULTS).find(
    (serviceStatus) => serviceStatus.service === service && serviceStatus.vantage === 'babilon',
  )?.state
}

describe('looked at every two minutes, the rest every 30 s', () => {
  test('well all the time -> ok all the time', () => {
    const harness = createHarness(SLOW)
    const states = new Set<string | undefined>()
    for (let at = T0; at < T0 + 20 * MINUTE; at += 5 * SECOND) {
      if ((at - T0) % (2 * MINUTE) === 0) harness.measure(fine, at)
      states.add(stateOf(harness, 'facebook', at + SECOND))
    }
    expect(states).toEqual(new Set(['ok']))
  })

  test('not looked at for three of its rounds -> insufficient, another service after three of its own', () => {
    const harness = createHarness(SLOW)
    harness.measure(fine, T0)
    harness.measure(fine, T0, { endpoint: 'youtube/www' })
    const seen = [1.4, 2, 5.9, 6.1].map((minutes) =>
      ['facebook', 'youtube'].map((service) => stateOf(harness, service, T0 + minutes * MINUTE)),
    )
    expect(seen).toEqual([
      ['ok', 'ok'],
      ['ok', 'insufficient'],
      ['ok', 'insufficient'],
      ['insufficient', 'insufficient'],
    ])
  })

  test('silence that lasts -> blocked, for the pauses between its looks are no gaps', () => {
    const harness = createHarness(SLOW)
    for (let n = 30; n > 0; n--) harness.measure(fine, T0 - n * 2 * MINUTE)
    for (let n = 0; n < 15; n++) harness.measure(silent, T0 + n * 2 * MINUTE)
    expect(story(harness.changes)).toEqual(['opened unreachable', 'cause blocked'])
    expect(harness.changes[1]!.at - T0).toBeLessThan(12 * MINUTE)
  })
})

test('canaries looked at less often than services -> what they said holds for three of their own rounds', () => {
  const watch: Watch = { ...WATCH, canaryRoundMs: 5 * MINUTE }
  const harness = createHarness(watch)
  harness.sweep(T0, 'yes')
  const seen = [2, 14, 16].map((minutes) => {
    foldTick(harness.detector, T0 + minutes * MINUTE, watch, DEFAULTS)
    return harness.detector.vantages['babilon']?.health
  })
  expect(seen).toEqual(['online', 'online', 'unknown'])
})

test('canaries looked at more often -> forgotten sooner', () => {
  const watch: Watch = { ...WATCH, canaryRoundMs: 10 * SECOND }
  const harness = createHarness(watch)
  harness.sweep(T0, 'yes')
  foldTick(harness.detector, T0 + 40 * SECOND, watch, DEFAULTS)
  expect(harness.detector.vantages['babilon']?.health).toBe('unknown')
})
