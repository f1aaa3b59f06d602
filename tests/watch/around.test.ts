import { array, assert, integer, nat, option, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import type { Watch } from '../../src/detect/settings.ts'
import { endpointsAt, type Service } from '../../src/model/service.ts'
import { aroundNow } from '../../src/watch/around.ts'

/** One service whose endpoints are in force from and until these moments. */
function aService(spans: readonly (readonly [number | null, number | null])[]): Service {
  return {
    id: 'site',
    name: 'Site',
    endpoints: spans.map(([validFromAt, validUntilAt], i) => ({
      id: `site/${i}`,
      service: 'site',
      url: 'https://site.example/',
      role: 'primary',
      validFromAt,
      validUntilAt,
    })),
  }
}

function counted(service: Service) {
  let made = 0
  const watchAt = (at: number): Watch => {
    made += 1
    const endpoints = endpointsAt(service, at).map(({ id, role }) => ({ id, role }))
    return { services: [{ id: service.id, endpoints }], vantages: [], canaries: [], roundMs: 30_000 }
  }
  return { watchAt, around: aroundNow([service], watchAt), made: () => made }
}

test('whatever is asked in whatever order -> what would be made for that moment', () => {
  const edge = option(integer({ min: 0, max: 20 }))
  assert(
    property(
      array(tuple(edge, edge), { maxLength: 5 }),
      array(nat(22), { maxLength: 30 }),
      (spans, times) => {
        const { watchAt, around } = counted(aService(spans))
        for (const at of times) expect(around(at)).toEqual(watchAt(at))
      },
    ),
  )
})

test('times that grow -> made anew at a turn, to the millisecond, and not between', () => {
  const { around, made } = counted(
    aService([
      [null, 100],
      [100, 200],
    ]),
  )
  const ids = [0, 50, 99, 100, 150, 199, 200, 1e15].map(
    (at) => around(at).services[0]!.endpoints[0]?.id ?? null,
  )
  expect(ids).toEqual(['site/0', 'site/0', 'site/0', 'site/1', 'site/1', 'site/1', null, null])
  expect(made()).toBe(3)
})
