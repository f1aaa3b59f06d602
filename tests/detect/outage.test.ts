import { expect, test } from 'vitest'
import { changeCause, close, open, returns, withEvidence, type Opening } from '../../src/detect/outage.ts'
import type { Outage } from '../../src/model/outage.ts'
import { MINUTE, SECOND, T0 } from './builders.ts'

const OPENING: Opening = {
  service: 'facebook',
  vantage: 'babilon',
  cause: 'unreachable',
  mechanism: 'tcp.timeout',
  reason: 'gone',
  onsetAfterAt: T0 - 30 * SECOND,
  onsetBeforeAt: T0,
  evidence: ['m1', 'm2'],
}
const REOPEN = 10 * MINUTE

function anOutage(more: Partial<Opening> = {}): Outage {
  return open(null, { ...OPENING, ...more }, T0 + 2 * SECOND).outage
}

test('opened -> its id is made of service, vantage and the first failed look', () => {
  expect(anOutage().id).toBe('facebook.babilon.20150519T084500Z')
})

test('the vantage itself -> an id that is safe in a URL and cannot be a service', () => {
  const { id } = anOutage({ service: null })
  expect(id).toBe('_vantage_.babilon.20150519T084500Z')
  expect(encodeURIComponent(id)).toBe(id)
})

test('opened -> one cause, open, with its evidence', () => {
  expect(anOutage()).toMatchObject({
    openedAt: T0 + 2 * SECOND,
    closedAt: null,
    causes: [{ at: T0 + 2 * SECOND, cause: 'unreachable', mechanism: 'tcp.timeout', reason: 'gone' }],
    reopened: 0,
    evidence: ['m1', 'm2'],
  })
})

test('another cause -> kept after the first', () => {
  const { kind, outage } = changeCause(anOutage(), 'blocked', 'tcp.timeout', 'it lasts', T0 + 9 * MINUTE)
  expect(kind).toBe('cause')
  expect(outage.causes.map(({ cause }) => cause)).toEqual(['unreachable', 'blocked'])
  expect(outage.cause).toBe('blocked')
})

test('the same cause and mechanism -> nothing kept', () => {
  const outage = anOutage()
  expect(changeCause(outage, 'unreachable', 'tcp.timeout', 'again', T0).outage).toBe(outage)
})

test.each([
  { after: 9 * MINUTE, same: true },
  { after: 10 * MINUTE, same: true },
  { after: 11 * MINUTE, same: false },
])('gone again $after ms after the first fine look -> same outage: $same', ({ after, same }) => {
  const ended = close(anOutage(), T0 + MINUTE, T0 + 2 * MINUTE, T0 + 3 * MINUTE).outage
  expect(returns(ended, T0 + 2 * MINUTE + after, REOPEN)).toBe(same)
})

test('still open, or none before -> nothing returns', () => {
  expect(returns(anOutage(), T0 + MINUTE, REOPEN)).toBe(false)
  expect(returns(null, T0, REOPEN)).toBe(false)
})

test('reopened -> same id and onset, no end, counted', () => {
  const ended = close(anOutage(), T0 + MINUTE, T0 + 2 * MINUTE, T0 + 3 * MINUTE).outage
  const again = open(ended, { ...OPENING, onsetBeforeAt: T0 + 5 * MINUTE, evidence: ['m9'] }, T0 + 6 * MINUTE)
  expect(again.kind).toBe('reopened')
  expect(again.outage).toMatchObject({
    id: ended.id,
    onsetBeforeAt: T0,
    openedAt: T0 + 2 * SECOND,
    endAfterAt: null,
    endBeforeAt: null,
    closedAt: null,
    reopened: 1,
    evidence: ['m1', 'm2', 'm9'],
  })
  expect(again.outage.causes).toHaveLength(1)
})

test('evidence without end -> twenty ids, the first ones, each once', () => {
  const ids = Array.from({ length: 30 }, (_, i) => `m${i}`)
  expect(withEvidence(anOutage(), ids).evidence).toEqual(['m1', 'm2', 'm0', ...ids.slice(3, 20)])
})

test('a cause that flips without end -> the first ten and the last forty are kept', () => {
  let outage = anOutage()
  for (let n = 1; n < 200; n++) {
    const cause = n % 2 === 1 ? 'blocked' : 'unreachable'
    outage = changeCause(outage, cause, 'tcp.timeout', `flip ${n}`, T0 + n * MINUTE).outage
  }
  const reasons = outage.causes.map(({ reason }) => reason)
  const flips = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `flip ${from + i}`)
  expect(reasons).toEqual(['gone', ...flips(1, 10), ...flips(160, 200)])
  expect(outage.causes.at(-1)?.cause).toBe(outage.cause)
})

test('an outage that comes back every few minutes for a week -> no more than fifty causes', () => {
  let outage = anOutage()
  for (let n = 1; n < 2000; n++) {
    const at = T0 + n * 5 * MINUTE
    outage = changeCause(outage, 'blocked', 'tcp.timeout', 'it lasts', at).outage
    outage = close(outage, at + MINUTE, at + 2 * MINUTE, at + 2 * MINUTE).outage
    outage = open(outage, { ...OPENING, onsetBeforeAt: at + 3 * MINUTE }, at + 3 * MINUTE).outage
  }
  expect(outage.reopened).toBe(1999)
  expect(outage.causes).toHaveLength(50)
})

test('closed for a reason of its own -> kept with the causes, the cause as it was', () => {
  const { outage } = close(anOutage(), T0 + MINUTE, T0 + 2 * MINUTE, T0 + 2 * MINUTE, 'Not watched.')
  expect(outage.causes.at(-1)).toEqual({
    at: T0 + 2 * MINUTE,
    cause: 'unreachable',
    mechanism: 'tcp.timeout',
    reason: 'Not watched.',
  })
})
