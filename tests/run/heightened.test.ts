import { expect, test } from 'vitest'
import { heightenedServices } from '../../src/run/heightened.ts'
import type { TriggerEvent } from '../../src/model/event.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2015, 4, 28, 12)
const SERVICES = ['facebook', 'youtube', 'asia-plus']

function anEvent(over: Partial<TriggerEvent> = {}): TriggerEvent {
  return {
    id: 'video',
    title: 'A video',
    kind: 'video-release',
    role: 'trigger',
    at: { earliestAt: NOW - 2 * HOUR, latestAt: NOW - HOUR, stated: null, precision: 'hour' },
    lastedUntil: null,
    timeZone: 'Asia/Dushanbe',
    scheduled: false,
    country: 'TJ',
    regions: [],
    services: ['youtube'],
    otherTargets: [],
    confidence: 'high',
    sources: [],
    notes: null,
    ...over,
  }
}

const at = (earliestAt: number | null, latestAt: number | null) => ({
  earliestAt,
  latestAt,
  stated: null,
  precision: null,
})

test('an event just now -> its services until its window is over', () => {
  expect([...heightenedServices([anEvent()], SERVICES, NOW, 72)]).toEqual([
    ['youtube', NOW - HOUR + 72 * HOUR],
  ])
})

test.each([
  { name: 'long past', event: anEvent({ at: at(NOW - 100 * HOUR, NOW - 73 * HOUR) }) },
  { name: 'not yet begun', event: anEvent({ at: at(NOW + HOUR, NOW + 2 * HOUR) }) },
  { name: 'undated', event: anEvent({ at: at(null, null) }) },
  { name: 'no trigger', event: anEvent({ role: 'context' }) },
  { name: 'of another site', event: anEvent({ services: [], otherTargets: ['vk.com'] }) },
  { name: 'of a service not watched', event: anEvent({ services: ['vkontakte'] }) },
])('an event $name -> nothing', ({ event }) => {
  expect([...heightenedServices([event], SERVICES, NOW, 72)]).toEqual([])
})

test('an event that names nothing -> every service', () => {
  expect([...heightenedServices([anEvent({ services: [] })], SERVICES, NOW, 72).keys()]).toEqual(SERVICES)
})

test('two events -> until the later window is over', () => {
  const later = anEvent({ id: 'later', at: at(NOW, NOW) })
  expect(heightenedServices([later, anEvent()], SERVICES, NOW, 72).get('youtube')).toBe(NOW + 72 * HOUR)
})

test('0 hours -> never', () => {
  expect(heightenedServices([anEvent({ at: at(NOW, NOW) })], SERVICES, NOW, 0).size).toBe(0)
})
