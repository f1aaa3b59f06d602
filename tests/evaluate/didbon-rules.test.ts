import { expect, test } from 'vitest'
import { BLOCKED, OPENED, didbonRules, type ReportedChange } from '../../src/evaluate/didbon-rules.ts'
import type { Outage } from '../../src/model/outage.ts'
import { anOutage, T0 } from '../store/nouns.ts'

const told = (
  second: number,
  kind: ReportedChange['change']['kind'],
  over: Partial<Outage> = {},
): ReportedChange => {
  const at = T0 + second * 1000
  return { at, change: { kind, at, outage: anOutage(over) } }
}
const seconds = (at: number | null) => (at === null ? null : (at - T0) / 1000)
const spans = (all: readonly ReportedChange[], rule: string) =>
  didbonRules(all)
    .find((result) => result.rule === rule)!
    .alarms.map(({ fromAt, untilAt }) => [seconds(fromAt), seconds(untilAt)])

test('an outage that is called blocked later, and closes -> open from its opening, blocked from its naming', () => {
  const all = [
    told(0, 'opened'),
    told(9, 'cause', { cause: 'blocked' }),
    told(60, 'closed', { cause: 'blocked', closedAt: T0 }),
  ]
  expect(spans(all, OPENED)).toEqual([[0, 60]])
  expect(spans(all, BLOCKED)).toEqual([[9, 60]])
})

test('back within ten minutes -> the same alarm, not another; never closed -> without an end', () => {
  const all = [told(0, 'opened'), told(60, 'closed', { closedAt: T0 }), told(90, 'reopened')]
  expect(spans(all, OPENED)).toEqual([[0, null]])
  expect(spans([...all, told(99, 'closed', { closedAt: T0 })], OPENED)).toEqual([[0, 99]])
  expect(spans(all, BLOCKED)).toEqual([])
})

test('blocked taken back -> over; an outage of the vantage itself -> nobody’s block', () => {
  const all = [told(0, 'opened', { cause: 'blocked' }), told(9, 'cause', { cause: 'down' })]
  expect(spans(all, BLOCKED)).toEqual([[0, 9]])
  expect(spans([told(0, 'opened', { service: null, cause: 'offline' })], OPENED)).toEqual([])
})
