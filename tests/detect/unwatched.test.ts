import { describe, expect, test } from 'vitest'
import { newDetector } from '../../src/detect/detector.ts'
import { foldCanary, foldLook, foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import {
  aCanaryLook,
  aLook,
  fine,
  MINUTE,
  openDesk,
  reset,
  SECOND,
  silent,
  story,
  T0,
  TRUSTED,
  WATCH,
  type Desk,
} from './builders.ts'

const NO_FACEBOOK: Watch = { ...TRUSTED, services: TRUSTED.services.slice(1) }
const NO_BABILON: Watch = { ...TRUSTED, vantages: TRUSTED.vantages.slice(1) }

/** Facebook with only some of its endpoints in force. */
function inForce(...ids: string[]): Watch {
  const services = TRUSTED.services.map((service) =>
    service.id === 'facebook'
      ? { ...service, endpoints: service.endpoints.filter(({ id }) => ids.includes(id)) }
      : service,
  )
  return { ...TRUSTED, services }
}

/** Both endpoints known, then facebook/m blocked from T0 to T0 + 4 s. */
function blockedAtM(): Desk {
  const desk = openDesk()
  desk.wellUntil(T0 - SECOND, { endpoint: 'facebook/m' })
  desk.wellUntil(T0 - SECOND)
  for (const s of [0, 1, 2, 3, 4]) desk.look(reset, T0 + s * SECOND, { endpoint: 'facebook/m' })
  expect(story(desk.changes)).toEqual(['opened blocked'])
  return desk
}

function tick(desk: Desk, at: number, watch: Watch): readonly OutageChange[] {
  return foldTick(desk.detector, at, watch, DEFAULTS).changes
}

function stateOf(desk: Desk, at: number, watch: Watch): string | undefined {
  return statusOf(desk.detector, at, watch, DEFAULTS).find(
    ({ service, vantage }) => service === 'facebook' && vantage === 'babilon',
  )?.state
}

describe('an endpoint that leaves force while it is out', () => {
  const left = inForce('facebook/www')

  test('the outage ends between the last look and now, and says why', () => {
    const desk = blockedAtM()
    const [change, ...more] = tick(desk, T0 + 10 * SECOND, left)
    expect(more).toEqual([])
    expect(change).toMatchObject({
      kind: 'closed',
      outage: {
        endAfterAt: T0 + 4 * SECOND + 200,
        endBeforeAt: T0 + 10 * SECOND,
        closedAt: T0 + 10 * SECOND,
        cause: 'blocked',
      },
    })
    expect(change?.outage.causes.at(-1)?.reason).toContain('no longer watched')
    expect(tick(desk, T0 + 11 * SECOND, left)).toEqual([])
  })

  test('what is left is not called fine before it is seen to be', () => {
    const desk = blockedAtM()
    tick(desk, T0 + 10 * SECOND, left)
    expect(stateOf(desk, T0 + 11 * SECOND, left)).toBe('insufficient')
    foldLook(desk.detector, aLook(fine, T0 + 20 * SECOND), left, DEFAULTS)
    expect(stateOf(desk, T0 + 21 * SECOND, left)).toBe('ok')
  })

  test('its successor is blocked too -> the same outage again', () => {
    const desk = blockedAtM()
    tick(desk, T0 + 10 * SECOND, left)
    const changes = [20, 21, 22, 23].flatMap(
      (s) => foldLook(desk.detector, aLook(reset, T0 + s * SECOND), left, DEFAULTS).changes,
    )
    expect(story(changes)).toEqual(['reopened blocked'])
  })

  test('another is still out -> the outage stays open', () => {
    const desk = blockedAtM()
    for (const s of [5, 6, 7, 8]) desk.look(reset, T0 + s * SECOND)
    expect(tick(desk, T0 + 10 * SECOND, left)).toEqual([])
  })

  test('the last one leaves -> the outage ends all the same', () => {
    const desk = blockedAtM()
    expect(story(tick(desk, T0 + 10 * SECOND, inForce()))).toEqual(['closed blocked'])
  })

  test('back in force days later and failing once -> nothing of the old doubt is left', () => {
    const desk = blockedAtM()
    tick(desk, T0 + 10 * SECOND, left)
    const later = T0 + 3 * 24 * 60 * MINUTE
    desk.look(silent, later, { endpoint: 'facebook/m' })
    expect(desk.changes).toHaveLength(1)
    for (const s of [1, 2, 3]) desk.look(reset, later + s * SECOND, { endpoint: 'facebook/m' })
    expect(story(desk.changes).at(-1)).toBe('opened blocked')
    expect(desk.changes.at(-1)!.outage.onsetBeforeAt).toBeGreaterThanOrEqual(later)
  })

  test('a doubt, not yet an outage, at an endpoint that left -> dropped; what was learned of the path stays', () => {
    const desk = openDesk()
    desk.wellUntil(T0, { endpoint: 'facebook/m' })
    desk.look(silent, T0 + SECOND, { endpoint: 'facebook/m' })
    const state = desk.detector.vantages['babilon']!.endpoints['facebook/m']!
    const looks = state.memory.looks[0]
    tick(desk, T0 + 20 * SECOND, left)
    expect(state).toMatchObject({ score: 0, out: false, aside: [], firstFailedAt: null })
    expect(state.memory.looks[0]).toBe(looks)
  })
})

describe('a service or a vantage taken out of the configuration', () => {
  test.each([
    { name: 'the service', watch: NO_FACEBOOK },
    { name: 'the vantage', watch: NO_BABILON },
  ])('$name, while it is out -> the outage ends, once, between the last look and now', ({ watch }) => {
    const desk = blockedAtM()
    const changes = tick(desk, T0 + MINUTE, watch)
    expect(story(changes)).toEqual(['closed blocked'])
    expect(changes[0]?.outage).toMatchObject({
      endAfterAt: T0 + 4 * SECOND + 200,
      endBeforeAt: T0 + MINUTE,
      closedAt: T0 + MINUTE,
    })
    expect(changes[0]?.outage.causes.at(-1)?.reason).toContain('no longer watched')
    expect(tick(desk, T0 + 2 * MINUTE, watch)).toEqual([])
  })

  test.each([
    { name: 'the service', watch: NO_FACEBOOK },
    { name: 'the vantage', watch: NO_BABILON },
  ])('$name, given back within ten minutes and still blocked -> the same outage again', ({ watch }) => {
    const desk = blockedAtM()
    tick(desk, T0 + MINUTE, watch)
    tick(desk, T0 + 2 * MINUTE, TRUSTED)
    expect(stateOf(desk, T0 + 2 * MINUTE, TRUSTED)).toBe('insufficient')
    for (const s of [1, 2, 3, 4]) desk.look(reset, T0 + 3 * MINUTE + s * SECOND)
    expect(story(desk.changes)).toEqual(['opened blocked', 'reopened blocked'])
  })

  test('a vantage that was cut off -> its own outage ends between the last canary look and now', () => {
    const desk = openDesk(WATCH)
    for (const n of [0, 1, 2, 3]) desk.sweep(T0 + n * 30 * SECOND, n === 0 ? 'yes' : 'no')
    expect(story(desk.changes)).toEqual(['opened offline'])
    const watch = { ...WATCH, vantages: WATCH.vantages.slice(1) }
    const changes = tick(desk, T0 + 2 * MINUTE, watch)
    expect(story(changes)).toEqual(['closed offline'])
    expect(changes[0]?.outage).toMatchObject({
      endAfterAt: T0 + 90 * SECOND,
      endBeforeAt: T0 + 2 * MINUTE,
    })
  })

  test('a probe vantage made a control -> its health is still drawn, its outages are over', () => {
    const desk = openDesk(WATCH)
    for (const n of [0, 1, 2, 3]) desk.sweep(T0 + n * 30 * SECOND, n === 0 ? 'yes' : 'no')
    const watch = { ...WATCH, vantages: WATCH.vantages.slice(1) }
    tick(desk, T0 + 100 * SECOND, watch)
    for (const { id: canary } of WATCH.canaries) {
      foldCanary(desk.detector, aCanaryLook('yes', T0 + 120 * SECOND, { canary }), watch, DEFAULTS)
    }
    expect(desk.detector.vantages['babilon']?.health).toBe('online')
  })

  test('what was not out -> nothing to tell', () => {
    const desk = openDesk()
    desk.wellUntil(T0)
    expect(tick(desk, T0 + MINUTE, NO_FACEBOOK)).toEqual([])
    expect(foldTick(newDetector(), T0, NO_BABILON, DEFAULTS).changes).toEqual([])
  })
})
