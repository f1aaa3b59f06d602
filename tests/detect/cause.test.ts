import { describe, expect, test } from 'vitest'
import { decideCause, faultNats, isWhole, noteFailed, noteFine } from '../../src/detect/cause.ts'
import { likeliestMechanism } from '../../src/detect/mechanism.ts'
import { newCauseEvidence } from '../../src/detect/new-state.ts'
import type { CauseEvidence } from '../../src/detect/state.ts'
import { causeThreshold, DEFAULTS } from '../../src/detect/settings.ts'
import type { Cause } from '../../src/model/outage.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import {
  aJudgedMeasurement,
  blockpage,
  down,
  fine,
  MINUTE,
  reset,
  SECOND,
  silent,
  T0,
  unjudged,
} from './builders.ts'

const GAP = 90 * SECOND
const ALONE = { nats: 0, with: [] }

/** A case of one measurement per entry, half a minute apart unless told otherwise. */
function aCase(verdicts: readonly Partial<Verdict>[], everyMs = 30 * SECOND): CauseEvidence {
  const about = newCauseEvidence()
  verdicts.forEach((verdict, i) =>
    noteFailed(about, aJudgedMeasurement(verdict, T0 + i * everyMs), GAP, DEFAULTS),
  )
  return about
}
function times<T>(n: number, what: T): T[] {
  return Array.from({ length: n }, () => what)
}
function causeOf(about: CauseEvidence, current: Cause | null = null, nats = 0): Cause {
  return decideCause(about, current, { nats, with: ['youtube'] }, DEFAULTS).cause
}

describe('active interference', () => {
  test.each([
    { name: 'one reset after the ClientHello', verdicts: [reset], cause: 'unreachable' },
    { name: 'two of them', verdicts: [reset, reset], cause: 'blocked' },
    {
      name: 'one certificate by an unknown authority, however sure',
      verdicts: [{ ...reset, weight: 50 }],
      cause: 'unreachable',
    },
    { name: 'two refused connections', verdicts: times(2, { ...reset, weight: 2 }), cause: 'unreachable' },
    { name: 'four of them', verdicts: times(4, { ...reset, weight: 2 }), cause: 'blocked' },
    { name: 'block pages proved without a control', verdicts: [blockpage, blockpage], cause: 'blocked' },
    {
      name: 'strong evidence and as much against it',
      verdicts: [reset, { ...reset, weight: -5 }, reset],
      cause: 'unreachable',
    },
  ] as const)('$name, within seconds -> $cause', ({ verdicts, cause }) => {
    expect(causeOf(aCase(verdicts, SECOND))).toBe(cause)
  })
})

describe('silence of one service alone', () => {
  test('twenty silent looks within a minute -> one observation, unreachable', () => {
    expect(causeOf(aCase(times(20, silent), 3 * SECOND))).toBe('unreachable')
  })

  test('eight and a half minutes -> unreachable; nine -> blocked', () => {
    expect(causeOf(aCase(times(18, silent)))).toBe('unreachable')
    expect(causeOf(aCase(times(19, silent)))).toBe('blocked')
  })

  test('any other weak evidence -> no quicker than silence', () => {
    const unreachableHost = {
      ...reset,
      mechanism: 'tcp.unreachable',
      failure: 'host_unreachable',
      weight: 1,
    } as const
    expect(causeOf(aCase(times(100, unreachableHost), 5 * SECOND))).toBe('unreachable')
    expect(causeOf(aCase(times(19, unreachableHost)))).toBe('blocked')
  })

  test('fine for a moment in the middle -> persistence starts anew', () => {
    const about = aCase(times(10, silent))
    noteFine(about, aJudgedMeasurement(fine, T0 + 5 * MINUTE), true, DEFAULTS)
    for (let n = 11; n < 25; n++)
      noteFailed(about, aJudgedMeasurement(silent, T0 + n * 30 * SECOND), GAP, DEFAULTS)
    expect(causeOf(about)).toBe('unreachable')
  })

  test('another endpoint of the service is fine -> persistence goes on', () => {
    const about = aCase(times(10, silent))
    noteFine(about, aJudgedMeasurement(fine, T0 + 5 * MINUTE, { endpoint: 'facebook/m' }), false, DEFAULTS)
    for (let n = 11; n < 20; n++)
      noteFailed(about, aJudgedMeasurement(silent, T0 + n * 30 * SECOND), GAP, DEFAULTS)
    expect(causeOf(about)).toBe('blocked')
  })

  test('nobody looked for an hour in between -> that hour does not count, the rest does', () => {
    const about = aCase(times(10, silent))
    const later = (n: number): number => T0 + 64 * MINUTE + n * 30 * SECOND
    for (let n = 1; n < 9; n++) noteFailed(about, aJudgedMeasurement(silent, later(n)), GAP, DEFAULTS)
    expect(causeOf(about)).toBe('unreachable')
    for (let n = 9; n < 11; n++) noteFailed(about, aJudgedMeasurement(silent, later(n)), GAP, DEFAULTS)
    expect(causeOf(about)).toBe('blocked')
  })

  test('no control all the while -> unreachable for ever, and the reason says so', () => {
    const decided = decideCause(aCase(times(1000, unjudged)), null, ALONE, DEFAULTS)
    expect(decided.cause).toBe('unreachable')
    expect(decided.reason).toContain('no control')
  })

  test('no control, then proof that needs none -> blocked', () => {
    expect(causeOf(aCase([...times(5, unjudged), blockpage, blockpage]))).toBe('blocked')
  })
})

test('fault lengths -> a minute on average with a long tail, and never less evidence for more time', () => {
  let mean = 0
  for (let t = 0; t < 3600; t++) mean += Math.exp(-faultNats(t * SECOND, DEFAULTS))
  expect(mean).toBeGreaterThan(59)
  expect(mean).toBeLessThan(61.5)
  expect(faultNats(0, DEFAULTS)).toBe(0)
  // longer tailed than the exponential law of the same mean
  expect(faultNats(10 * MINUTE, DEFAULTS)).toBeLessThan(10)
})

describe('agreement', () => {
  test('silence with companions enough -> blocked after two looks', () => {
    expect(causeOf(aCase([silent, silent], SECOND), null, causeThreshold(DEFAULTS))).toBe('blocked')
  })

  test('one look -> never', () => {
    expect(causeOf(aCase([silent]), null, 100)).toBe('unreachable')
  })

  test('another endpoint of the service is fine meanwhile -> companions do not count', () => {
    const about = aCase([silent, silent], SECOND)
    noteFine(about, aJudgedMeasurement(fine, T0 + 2 * SECOND, { endpoint: 'facebook/m' }), false, DEFAULTS)
    expect(isWhole(about)).toBe(false)
    expect(causeOf(about, null, 100)).toBe('unreachable')
  })
})

describe('the control', () => {
  test.each([
    { name: 'fails too, once', verdicts: [silent, down], current: null, cause: 'unreachable' },
    { name: 'fails too, twice', verdicts: [down, down], current: null, cause: 'down' },
    {
      name: 'fails too later',
      verdicts: [silent, silent, down, down],
      current: 'unreachable',
      cause: 'down',
    },
    { name: 'comes back, one look', verdicts: [down, down, silent], current: 'down', cause: 'down' },
    {
      name: 'comes back, while here it stays silent',
      verdicts: [down, down, silent, silent],
      current: 'down',
      cause: 'unreachable',
    },
    {
      name: 'comes back, while here it is reset',
      verdicts: [down, down, reset, reset],
      current: 'down',
      cause: 'blocked',
    },
    {
      name: 'fails too after a block',
      verdicts: [reset, reset, down, down, down],
      current: 'blocked',
      cause: 'blocked',
    },
    {
      name: 'has failed ever since two hasty looks',
      verdicts: [reset, reset, ...times(5, down)],
      current: 'blocked',
      cause: 'down',
    },
    {
      name: 'fails for an hour during a long block',
      verdicts: [...times(200, reset), ...times(120, down)],
      current: 'blocked',
      cause: 'blocked',
    },
  ] as const)('$name -> $cause', ({ verdicts, current, cause }) => {
    expect(causeOf(aCase(verdicts), current)).toBe(cause)
  })

  test('fails in one look of many -> persistence goes on', () => {
    expect(causeOf(aCase([...times(10, silent), down, ...times(10, silent)]))).toBe('blocked')
  })

  test('fails for a minute -> persistence starts anew', () => {
    expect(causeOf(aCase([...times(10, silent), down, down, ...times(10, silent)]))).toBe('unreachable')
  })
})

test('blocked, and then only silence -> stays blocked', () => {
  expect(causeOf(aCase([silent, silent]), 'blocked')).toBe('blocked')
})

describe('mechanism', () => {
  test('one timeout among resets -> the reset, which weighs more', () => {
    expect(likeliestMechanism(aCase([silent, reset, silent]), DEFAULTS)).toBe('tls.sni-reset')
  })

  test('nothing that weighs -> the one seen most', () => {
    const other = { ...down, mechanism: 'tls.failed' } as const
    expect(likeliestMechanism(aCase([down, other, other]), DEFAULTS)).toBe('tls.failed')
  })

  test('none named -> none', () => {
    expect(likeliestMechanism(aCase([{ ...down, mechanism: null }]), DEFAULTS)).toBeNull()
  })
})

test('an outage of days -> the case stays small', () => {
  const about = aCase(times(10_000, reset))
  expect(about.evidence).toHaveLength(10)
  expect(JSON.stringify(about).length).toBeLessThan(600)
})

test('fine for once between two resets -> takes away what one of them added; elsewhere -> nothing', () => {
  for (const { doubted, cause } of [
    { doubted: true, cause: 'unreachable' },
    { doubted: false, cause: 'blocked' },
  ]) {
    const about = aCase([reset])
    noteFine(about, aJudgedMeasurement(fine, T0 + 30 * SECOND), doubted, DEFAULTS)
    noteFailed(about, aJudgedMeasurement(reset, T0 + MINUTE), GAP, DEFAULTS)
    expect(causeOf(about)).toBe(cause)
  }
})
