import { expect, test } from 'vitest'
import type { Kept } from '../../src/replay/rejudge.ts'
import { createTally } from '../../src/replay/tally.ts'
import { FINE, RESET } from '../store/nouns.ts'

const DOWN = { ...RESET, outcome: 'down', rule: 'fails_for_control_too' } as const
const anew = (verdict: typeof FINE) => ({ verdict, kept: null })

test('verdicts made anew and kept -> counted apart, each keeping by its reason', () => {
  const tally = createTally()
  tally.note(FINE, anew(FINE))
  for (const kept of ['record_not_kept', 'record_not_kept', 'other_plan'] satisfies Kept[])
    tally.note(RESET, { verdict: RESET, kept })
  expect(tally.result()).toEqual({
    rejudged: 1,
    kept: { fine_without_record: 0, record_not_kept: 2, control_not_asked: 0, other_plan: 1 },
    shifts: [],
  })
})

test('verdicts that came out otherwise -> the commonest shift first, the same however they were met', () => {
  const notes = [
    [RESET, DOWN],
    [FINE, RESET],
    [RESET, FINE],
    [FINE, RESET],
  ] as const
  const of = (order: readonly (typeof notes)[number][]) => {
    const tally = createTally()
    for (const [stored, now] of order) tally.note(stored, anew(now))
    return tally.result().shifts
  }
  const shifts = of(notes)
  expect(shifts.map(({ from, to, count }) => [from.outcome, to.outcome, count])).toEqual([
    ['ok', 'anomaly', 2],
    ['anomaly', 'ok', 1],
    ['anomaly', 'down', 1],
  ])
  expect(of(notes.toReversed())).toEqual(shifts)
})

test('another sentence or weight -> no shift; another outcome under the same rule -> one', () => {
  const tally = createTally()
  tally.note(RESET, anew({ ...RESET, because: 'Put better.', weight: 9 }))
  expect(tally.result().shifts).toEqual([])
  tally.note(RESET, anew({ ...RESET, outcome: 'insufficient' }))
  expect(tally.result().shifts).toHaveLength(1)
})
