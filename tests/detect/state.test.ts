import { expect, test } from 'vitest'
import { loadState, saveState } from '../../src/detect/saved-state.ts'
import type { VantageState } from '../../src/detect/state.ts'
import { AppError } from '../../src/model/error.ts'
import { MINUTE, createHarness, reset, T0, WATCH } from './builders.ts'

/** A vantage that has seen a little of everything. */
function aState(): VantageState {
  const harness = createHarness(WATCH)
  harness.sweep(T0, 'yes')
  harness.wellUntil(T0 + MINUTE)
  harness.measure({ quic: 'ok' }, T0 + MINUTE, { plan: 'full', sawHttp: true })
  harness.measure(reset, T0 + 2 * MINUTE)
  return harness.detector.vantages['babilon']!
}

/** As it was saved before there was a version: without what had not been seen, or was not known then. */
function unversioned(state: VantageState): string {
  const old = structuredClone(state)
  for (const part of ['speeds', 'quic']) Reflect.deleteProperty(old, part)
  for (const endpoint of Object.values(old.endpoints)) Reflect.deleteProperty(endpoint, 'leak')
  return JSON.stringify({ ...old, canaries: canariesBefore3(old) })
}

/** Of a canary it was known whether it answered, and no more. */
function canariesBefore3({ canaries }: VantageState) {
  return Object.fromEntries(
    Object.entries(canaries).map(([id, { answered, sinceAt, unanswered, startedAt, endedAt }]) => [
      id,
      { answered: answered === 'yes', sinceAt, unanswered, startedAt, endedAt },
    ]),
  )
}

test('saved and loaded -> the same', () => {
  const state = aState()
  expect(state.endpoints['facebook/www']!.score).toBeGreaterThan(0)
  expect(loadState(saveState(state))).toEqual(state)
  expect(saveState(loadState(saveState(state)))).toBe(saveState(state))
})

test('saved without a version -> what it left out is as new, all else as it was', () => {
  const state = aState()
  const loaded = loadState(unversioned(state))
  expect(loaded).toMatchObject({ speeds: {}, quic: {}, services: state.services, canaries: state.canaries })
  const { leak, ...rest } = loaded.endpoints['facebook/www']!
  expect(leak).toMatchObject({ telling: 0, quiet: 0, quietSure: 0, unhurried: 0, holds: false })
  expect(state.endpoints['facebook/www']).toMatchObject(rest)
})

test('saved without a version, with leaks of which less was known -> kept, the rest as new', () => {
  const state = aState()
  const { leak } = state.endpoints['facebook/www']!
  leak.telling = 3
  for (const part of ['quietSure', 'unhurried']) Reflect.deleteProperty(leak, part)
  const text = JSON.stringify({ ...state, canaries: canariesBefore3(state) })
  expect(loadState(text).endpoints['facebook/www']!.leak).toMatchObject({
    telling: 3,
    quietSure: 0,
    unhurried: 0,
  })
  expect(loadState(text).quic).toEqual(state.quic)
})

test('saved by version 2, which knew of a canary only whether it answered -> the same, as far as it goes', () => {
  const state = aState()
  state.canaries['canary/a']!.answered = 'no'
  const loaded = loadState(JSON.stringify({ ...state, canaries: canariesBefore3(state), version: 2 }))
  expect(loaded.canaries['canary/a']).toMatchObject({ answered: 'no', proven: false, needsHttp: false })
  expect(loaded.canaries['canary/b']).toEqual(state.canaries['canary/b'])
})

test('saved by version 2, which knew nothing of HTTP alone -> as new, all else as it was', () => {
  const state = aState()
  const old = structuredClone(state)
  for (const endpoint of Object.values(old.endpoints))
    for (const part of ['newestHttpAt', 'newestHttpFine']) Reflect.deleteProperty(endpoint, part)
  const loaded = loadState(JSON.stringify({ ...old, canaries: canariesBefore3(state), version: 2 }))
  expect(loaded.endpoints['facebook/www']).toMatchObject(old.endpoints['facebook/www']!)
  expect(loaded.endpoints['facebook/www']).toMatchObject({ newestHttpFine: true })
})

test('saved by a later version -> refused, and says what to do', () => {
  const text = JSON.stringify({ ...aState(), version: 99 })
  expect(() => loadState(text)).toThrow(AppError)
  expect(() => loadState(text)).toThrow(
    "The detector's state was saved by a later version of didbon (format 99; this one reads up to 3). Run that version, or restore a backup made before it.",
  )
})
