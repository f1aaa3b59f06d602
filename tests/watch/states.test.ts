import { expect, test } from 'vitest'
import type { ServiceStatus, State, StateChange } from '../../src/model/outage.ts'
import { type LeftStanding, createStateNotes } from '../../src/watch/states.ts'

function notes(earlier: readonly LeftStanding[] = []) {
  const saved: StateChange[] = []
  const differences = createStateNotes(earlier)
  return {
    note: (now: readonly ServiceStatus[], at: number) => void saved.push(...differences(now, at)),
    strip: (service = 'facebook') =>
      saved.filter((change) => change.service === service).map(({ at, state }) => [at, state]),
  }
}

function status(state: State, sinceAt: number, service = 'facebook'): ServiceStatus {
  return {
    service,
    vantage: 'here',
    state,
    partial: false,
    blockedOver: null,
    sinceAt,
    mechanism: null,
    because: '',
    outageId: state === 'blocked' ? 'an-outage' : null,
    lastMeasurementAt: null,
    quic: { standing: 'insufficient', because: '' },
  }
}

test('the same state twice -> noted once', () => {
  const { note, strip } = notes()
  note([status('ok', 50)], 100)
  note([status('ok', 50)], 200)
  expect(strip()).toEqual([[100, 'ok']])
})

test('a change -> noted from when the state held, not from when it was noticed', () => {
  const { note, strip } = notes()
  note([status('ok', 50)], 100)
  note([status('blocked', 180)], 200)
  expect(strip()).toEqual([
    [100, 'ok'],
    [180, 'blocked'],
  ])
})

test.each([
  {
    name: 'fine again after a gap, since before the gap',
    state: 'ok' as const,
    between: 'insufficient' as const,
  },
  {
    name: 'blocked again after a gap, by the same outage',
    state: 'blocked' as const,
    between: 'insufficient' as const,
  },
  {
    name: 'blocked again after it was fine, by the same outage',
    state: 'blocked' as const,
    between: 'ok' as const,
  },
])('$name -> noted from now on, and what lay between stays', ({ state, between }) => {
  const { note, strip } = notes()
  note([status(state, 50)], 100)
  note([status(between, 300)], 310)
  note([status(state, 50)], 400)
  expect(strip()).toEqual([
    [100, state],
    [300, between],
    [400, state],
  ])
})

test('a service no longer watched -> not known from then on, noted once', () => {
  const { note, strip } = notes()
  note([status('ok', 50), status('ok', 50, 'youtube')], 100)
  note([status('ok', 50)], 200)
  note([status('ok', 50)], 300)
  expect(strip('youtube')).toEqual([
    [100, 'ok'],
    [200, 'insufficient'],
  ])
})

test('a start after an earlier run -> nothing is known for the time between, nor of what is watched no more', () => {
  const strips = [
    { service: 'facebook', vantage: 'here', knownUntilAt: 1000 },
    { service: 'youtube', vantage: 'here', knownUntilAt: 1000 },
  ]
  const { note, strip } = notes(strips)
  note([status('blocked', 500)], 9000)
  note([status('blocked', 500)], 9500)
  expect(strip()).toEqual([
    [1000, 'insufficient'],
    [9000, 'blocked'],
  ])
  expect(strip('youtube')).toEqual([[1000, 'insufficient']])
})
