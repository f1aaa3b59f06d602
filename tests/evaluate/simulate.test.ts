import { expect, test } from 'vitest'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { generateWorld, WORLD_DEFAULTS } from '../../src/evaluate/generate.ts'
import { seeded } from '../../src/evaluate/random.ts'
import type { Watcher } from '../../src/evaluate/answers.ts'
import { simulate } from '../../src/evaluate/simulate.ts'
import { writeTrace } from '../../src/evaluate/write-trace.ts'

const SMALL = { ...WORLD_DEFAULTS, years: 0.01, vantages: 1, heartbeatS: 120 }

const play = (watcher?: Watcher) =>
  simulate(
    { ...generateWorld(SMALL), settings: DEFAULTS, ...(watcher !== undefined && { watcher }) },
    seeded(2),
  )

test('another monitor hears of all looks, and tries again at every failure -> we see what we see without it', () => {
  let heard = 0
  let tried = 0
  const measureOnce: Watcher['observe'] = ({ facts }, again) => {
    heard += 1
    if (facts.failed !== null && again(20_000)) tried += 1
  }
  const alone = play()
  const watched = play({ observe: measureOnce, canary: () => (heard += 1) })
  expect(tried).toBeGreaterThan(5)
  expect(alone.told.length).toBeGreaterThan(5)
  expect([watched.told, watched.looks]).toEqual([alone.told, alone.looks])
  expect(heard).toBe(watched.looks)
})

test('a trace longer than what is held back at once, full of looks that take long -> by when looks ended, the truth before them', () => {
  const kinds: string[] = []
  let last = -Infinity
  let late = 0
  const lossy = { ...WORLD_DEFAULTS, years: 0.002, loss: 0.3 }
  writeTrace(lossy, (text) => {
    const line = JSON.parse(text) as { kind: string; at?: number; ms?: number }
    if (kinds.at(-1) !== line.kind && kinds.length < 4) kinds.push(line.kind)
    if (line.at === undefined) return
    const endedAt = line.at + line.ms!
    if (endedAt < last) late += 1
    last = endedAt
  })
  expect(kinds.slice(0, 2)).toEqual(['didbon-trace', 'truth'])
  expect(kinds.slice(2)).not.toContain('truth')
  expect(late).toBe(0)
})
