import { expect, test } from 'vitest'
import type { ServiceStatus, State } from '../src/model/outage.ts'
import { createStateNotes } from '../src/states.ts'
import type { StateChange } from '../src/store/write-states.ts'

function notes(knownUntilAt: number | null) {
  const saved: Pick<StateChange, 'at' | 'state'>[] = []
  const note = createStateNotes(
    { saveStates: (changes) => void saved.push(...changes.map(({ at, state }) => ({ at, state }))) },
    knownUntilAt,
  )
  return { note, saved }
}

function status(state: State, sinceAt: number): ServiceStatus[] {
  return [
    {
      service: 'facebook',
      vantage: 'here',
      state,
      partial: false,
      sinceAt,
      mechanism: null,
      because: '',
      outageId: state === 'blocked' ? 'an-outage' : null,
      lastLookAt: null,
    },
  ]
}

test('the same state twice -> noted once', () => {
  const { note, saved } = notes(null)
  note(status('ok', 50), 100)
  note(status('ok', 50), 200)
  expect(saved).toEqual([{ at: 100, state: 'ok' }])
})

test('a change -> noted from when the state held, not from when it was noticed', () => {
  const { note, saved } = notes(null)
  note(status('ok', 50), 100)
  note(status('blocked', 180), 200)
  expect(saved.at(-1)).toEqual({ at: 180, state: 'blocked' })
})

test('a start after an earlier run -> nothing is known for the time between', () => {
  const { note, saved } = notes(1000)
  note(status('blocked', 500), 9000)
  expect(saved).toEqual([
    { at: 1000, state: 'insufficient' },
    { at: 9000, state: 'blocked' },
  ])
})
