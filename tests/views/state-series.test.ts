import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf, lengthOf, spent } from '../../src/views/state-series.ts'
import type { StateInterval } from '../../src/model/history.ts'
import type { State } from '../../src/model/outage.ts'

const HOUR = 3_600_000
const NEVER = 1e15

function held(state: State, fromHour: number, untilHour: number | null): StateInterval {
  const untilAt = untilHour === null ? null : untilHour * HOUR
  return { fromAt: fromHour * HOUR, untilAt, state, mechanism: null, ref: null }
}

const day = { fromAt: 0, untilAt: 24 * HOUR }

test.each([
  { name: 'fine all the time', intervals: [held('ok', 0, 24)], cells: ['ok', 'ok', 'ok', 'ok'] },
  { name: 'nothing recorded', intervals: [], cells: [null, null, null, null] },
  {
    name: 'a short block in a cell that was else fine',
    intervals: [held('ok', 0, 7), held('blocked', 7, 7.1), held('ok', 7.1, 24)],
    cells: ['ok', 'blocked', 'ok', 'ok'],
  },
  {
    name: 'a block and a fault in one cell',
    intervals: [held('down', 0, 3), held('blocked', 3, 4), held('ok', 4, 24)],
    cells: ['blocked', 'ok', 'ok', 'ok'],
  },
  {
    name: 'a gap in what was fine',
    intervals: [held('ok', 0, 7), held('insufficient', 7, 8), held('ok', 8, 24)],
    cells: ['ok', 'partly', 'ok', 'ok'],
  },
  {
    name: 'not judged all the time',
    intervals: [held('insufficient', 0, 12), held('ok', 12, 24)],
    cells: ['insufficient', 'insufficient', 'ok', 'ok'],
  },
  { name: 'recorded from noon on', intervals: [held('ok', 12, 24)], cells: [null, null, 'ok', 'ok'] },
  {
    name: 'recorded in half of a cell',
    intervals: [held('ok', 3, 24)],
    cells: ['partly', 'ok', 'ok', 'ok'],
  },
])('$name -> cells as grave as what they hold', ({ intervals, cells }) => {
  expect(cellsOf(intervals, day, 4, NEVER)).toEqual(cells)
})

test('a state that still holds -> drawn up to now, not beyond', () => {
  expect(cellsOf([held('ok', 0, null)], day, 4, 9 * HOUR)).toEqual(['ok', 'ok', null, null])
  expect(cellsOf([held('blocked', 6, null)], day, 4, 30 * HOUR)).toEqual([
    null,
    'blocked',
    'blocked',
    'blocked',
  ])
})

const states = constantFrom<State>('ok', 'insufficient', 'blocked', 'down')
const intervals = array(record({ state: states, hours: integer({ min: 1, max: 30 }) }), {
  maxLength: 20,
}).map((parts) => {
  let at = 0
  return parts.map(({ state, hours }) => held(state, at, (at += hours)))
})

test('whatever held -> ok is drawn only where all of the cell was fine, and no outage is lost', () => {
  assert(
    property(intervals, integer({ min: 1, max: 40 }), (all, cells) => {
      const lengthMs = day.untilAt / cells
      for (const [i, cell] of cellsOf(all, day, cells, NEVER).entries()) {
        const times = spent(all, { fromAt: i * lengthMs, untilAt: (i + 1) * lengthMs }, NEVER)
        if (cell === 'ok') expect(times.get('ok')! / lengthMs).toBeGreaterThan(0.98)
        if (times.has('blocked')) expect(cell).toBe('blocked')
      }
    }),
  )
})

test('states that do not overlap -> their times add up to what was recorded', () => {
  assert(
    property(intervals, (all) => {
      const sum = [...spent(all, day, NEVER).values()].reduce((ms, one) => ms + one, 0)
      expect(sum).toBe(Math.min(day.untilAt, all.at(-1)?.untilAt ?? 0))
    }),
  )
})

test.each([
  { name: 'none', periods: [], hours: 0 },
  { name: 'one inside another', periods: [held('ok', 0, 10), held('ok', 2, 5)], hours: 10 },
  { name: 'two that overlap, later one first', periods: [held('ok', 5, 12), held('ok', 0, 7)], hours: 12 },
  { name: 'two apart', periods: [held('ok', 0, 1), held('ok', 5, 6)], hours: 2 },
  { name: 'one that ends before it begins', periods: [held('ok', 9, 3), held('ok', 10, 11)], hours: 1 },
])('periods: $name -> $hours h covered', ({ periods, hours }) => {
  expect(lengthOf(periods.map(({ fromAt, untilAt }) => ({ fromAt, untilAt: untilAt! })))).toBe(hours * HOUR)
})
