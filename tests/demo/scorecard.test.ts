import { expect, test } from 'vitest'
import { type Expected, isClean, score } from '../../src/demo/scorecard.ts'
import type { Outage } from '../../src/model/outage.ts'

const want: Expected = {
  service: 'facebook',
  vantage: 'babilon',
  cause: 'blocked',
  mechanism: 'dns.nxdomain',
  switchedAt: 10_000,
  liftedAt: 20_000,
}

function logged(over: Partial<Outage> = {}): Outage {
  return {
    id: 'facebook.babilon.x',
    service: 'facebook',
    vantage: 'babilon',
    cause: 'blocked',
    mechanism: 'dns.nxdomain',
    onsetAfterAt: 9_000,
    onsetBeforeAt: 11_000,
    openedAt: 12_000,
    endAfterAt: null,
    endBeforeAt: null,
    closedAt: null,
    causes: [
      { at: 12_000, cause: 'unreachable', mechanism: null, reason: '' },
      { at: 13_000, cause: 'blocked', mechanism: 'dns.nxdomain', reason: '' },
    ],
    reopened: 0,
    evidence: [],
    ...over,
  }
}

test('found as expected -> clean, with times from the switch', () => {
  const card = score([want], [logged()], 1000)
  expect(isClean(card)).toBe(true)
  expect(card).toMatchObject({ expected: 1, found: 1, detectMs: { p50: 2000, p95: 2000, max: 2000 } })
  expect(card.outages[0]!.found).toMatchObject({ detectMs: 2000, causeMs: 3000 })
})

test.each([
  { name: 'nothing logged', log: [], count: { missed: 1 } },
  { name: 'another cause', log: [logged({ cause: 'unreachable' })], count: { wrongCause: 1 } },
  { name: 'another mechanism', log: [logged({ mechanism: 'dns.bogus' })], count: { wrongMechanism: 1 } },
  { name: 'another vantage', log: [logged({ vantage: 'tcell' })], count: { missed: 1, false: 1 } },
  {
    name: 'begun before the switch',
    log: [logged({ onsetBeforeAt: 9_999 })],
    count: { missed: 1, false: 1 },
  },
  {
    name: 'begun long after it was lifted',
    log: [logged({ onsetBeforeAt: 30_000 })],
    count: { missed: 1, false: 1 },
  },
  { name: 'logged twice', log: [logged(), logged({ id: 'again' })], count: { false: 1 } },
])('$name -> not clean', ({ log, count }) => {
  const card = score([want], log, 1000)
  expect(card).toMatchObject({ missed: 0, false: 0, wrongCause: 0, wrongMechanism: 0, ...count })
  expect(isClean(card)).toBe(false)
})

test('nothing found -> no quantiles rather than zeros', () => {
  expect(score([want], [], 0).detectMs).toEqual({ p50: null, p95: null, max: null })
})

test('what nobody expected began while the machine was too busy -> not false; what was expected is found all the same', () => {
  const other = logged({ id: 'other', service: 'youtube', onsetBeforeAt: 11_500 })
  expect(score([want], [logged(), other], 1000)).toMatchObject({ found: 1, false: 1, voided: 0 })
  const card = score([want], [logged(), other], 1000, [{ since: 11_000, until: 12_000 }])
  expect(card).toMatchObject({ found: 1, missed: 0, false: 0, voided: 1 })
  expect(isClean(card)).toBe(true)
  const later = score([want], [logged(), other], 1000, [{ since: 11_501, until: 12_000 }])
  expect(later.false).toBe(1)
})
