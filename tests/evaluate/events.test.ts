import { expect, test } from 'vitest'
import { type Events, newEvents } from '../../src/evaluate/events.ts'
import { seeded } from '../../src/evaluate/random.ts'

/** Runs all that is due before a moment. */
function runBefore(events: Events, until: number): void {
  while (events.nextAt() < until) events.runNext()
}

test('added in any order -> run by time, those of one moment as they were added', () => {
  const events = newEvents()
  const random = seeded(5)
  const ran: [number, number][] = []
  for (let i = 0; i < 2000; i++) events.add(Math.floor(random() * 300), (at) => ran.push([at, i]))
  runBefore(events, 300)
  expect(ran).toEqual([...ran].sort((a, b) => a[0] - b[0] || a[1] - b[1]))
  expect(ran).toHaveLength(2000)
})

test('what is due later, or just now -> stays', () => {
  const events = newEvents()
  events.add(10, () => {})
  runBefore(events, 10)
  expect(events.nextAt()).toBe(10)
})

test('added by what runs -> run too, if it is due', () => {
  const events = newEvents()
  const ran: number[] = []
  events.add(1, (at) => events.add(at + 1, (then) => ran.push(then)))
  runBefore(events, 5)
  expect(ran).toEqual([2])
})
