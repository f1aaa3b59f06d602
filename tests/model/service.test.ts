import { describe, expect, test } from 'vitest'
import { type Endpoint, endpointsAt, type Service, transferEndpointsAt } from '../../src/model/service.ts'

function aService(...endpoints: Partial<Endpoint>[]): Service {
  const whole = endpoints.map((over, i): Endpoint => ({
    id: `site/${i}`,
    service: 'site',
    url: 'https://site.example/',
    role: 'primary',
    validFromAt: null,
    validUntilAt: null,
    ...over,
  }))
  return { id: 'site', name: 'Site', endpoints: whole }
}

const ids = (endpoints: readonly Endpoint[]) => endpoints.map(({ id }) => id.slice('site/'.length)).join(' ')

test.each([
  { at: 99, inForce: '0 3' },
  { at: 100, inForce: '0 1 2 3' },
  { at: 199, inForce: '0 1 2 3' },
  { at: 200, inForce: '0 1' },
])('at $at -> in force $inForce: from the first moment on, until just before the last', ({ at, inForce }) => {
  const service = aService(
    {},
    { validFromAt: 100 },
    { validFromAt: 100, validUntilAt: 200 },
    { validUntilAt: 200 },
    { validFromAt: 150, validUntilAt: 150 },
  )
  expect(ids(endpointsAt(service, at))).toBe(inForce)
})

describe('whose bytes are timed', () => {
  const transferUrl = 'https://site.example/big'
  test.each([
    { name: 'media', endpoints: [{}, { role: 'media' }, { role: 'asset' }], timed: '1' },
    { name: 'an asset with a large file', endpoints: [{}, { role: 'asset', transferUrl }], timed: '1' },
    { name: 'both', endpoints: [{ transferUrl }, { role: 'media' }], timed: '0 1' },
    { name: 'neither: the primary ones', endpoints: [{}, { role: 'asset' }, {}], timed: '0 2' },
    {
      name: 'media of the past: the primary ones',
      endpoints: [{}, { role: 'media', validUntilAt: 5 }],
      timed: '0',
    },
    { name: 'nothing but assets', endpoints: [{ role: 'asset' }], timed: '' },
  ] as const)('$name -> $timed', ({ endpoints, timed }) => {
    expect(ids(transferEndpointsAt(aService(...endpoints), 5))).toBe(timed)
  })
})
