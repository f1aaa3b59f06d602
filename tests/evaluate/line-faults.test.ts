import { describe, expect, test } from 'vitest'
import { createCanarySays } from '../../src/evaluate/canary-answers.ts'
import { evaluateWorld } from '../../src/evaluate/evaluate.ts'
import { generateWorld, WORLD_DEFAULTS } from '../../src/evaluate/generate.ts'
import { FAULTS } from '../../src/evaluate/line-faults.ts'
import { createNetwork } from '../../src/evaluate/network.ts'
import { seeded } from '../../src/evaluate/random.ts'
import { miscalledOf } from '../../src/evaluate/miscalled.ts'

const YEAR = { ...WORLD_DEFAULTS, years: 2, vantages: 2 }

test('a world with faults -> each kind, on each vantage at least monthly on average; the rest as without', () => {
  const world = generateWorld({ ...YEAR, faults: true })
  const plain = generateWorld(YEAR)
  for (const [i, episodes] of world.episodes.entries()) {
    const faults = episodes.filter((episode) => episode.kind === 'line-fault')
    for (const fault of FAULTS)
      expect([fault, faults.filter((one) => one.fault === fault).length >= 8]).toEqual([fault, true])
    expect(episodes.filter(({ kind }) => kind !== 'line-fault')).toEqual(plain.episodes[i])
  }
  expect(world.clockSteps!.length).toBeGreaterThanOrEqual(8)
  expect(plain.episodes.flat().some(({ kind }) => kind === 'line-fault')).toBe(false)
  expect(generateWorld({ ...YEAR, faults: true }).episodes).toEqual(world.episodes)
})

describe('what a fault hits', () => {
  const during = (fault: (typeof FAULTS)[number]) => {
    const all = generateWorld({ ...YEAR, faults: true }).episodes.flat()
    const episode = all.find((one) => one.kind === 'line-fault' && one.fault === fault)!
    const probe = createNetwork(0, seeded(1))
    const met = { service: null, canary: 'canary/x', secure: true, abroad: true }
    return {
      episode,
      canary: (over: Partial<typeof met> = {}) =>
        probe(null, episode.from + 1, false, [episode], { met: { ...met, ...over } }).seen,
      service: (id: string) => probe(id, episode.from + 1, false, [episode]).seen,
    }
  }

  test('a dead resolver -> everything; large packets -> whatever goes over TLS', () => {
    expect(during('resolver dead').canary({ secure: false, abroad: false })).toMatch(/^dns\./)
    expect(during('large packets lost').canary()).toBe('tls.sni-timeout')
    expect(during('large packets lost').canary({ secure: false })).toBeNull()
    expect(during('large packets lost').service('facebook')).toBe('tls.sni-timeout')
  })

  test('HTTPS abroad -> not what is at home', () => {
    const { canary } = during('HTTPS abroad gone')
    expect([canary(), canary({ abroad: false })]).toEqual([expect.stringMatching(/timeout/), null])
  })

  test('a dead edge -> one service', () => {
    const { episode, service, canary } = during('edge dead')
    const hit = 'service' in episode ? episode.service : ''
    expect(service(hit ?? '')).toMatch(/^edge\./)
    expect([service('somebody else'), canary()]).toEqual([null, null])
  })
})

test.each([
  [null, true, true, 'yes'],
  [null, false, true, 'yes'],
  ['tls.sni-timeout', true, true, 'no_https'],
  ['tcp.timeout', true, true, 'no'],
  ['tls.mitm', true, true, 'intercepted'],
  ['dns.timeout', true, true, 'no_names'],
  ['dns.servfail', false, true, 'no_names'],
  ['dns.timeout', true, false, 'no'],
] as const)(
  'a canary that meets %s (over TLS: %s, line up: %s) -> says %s, by the judge',
  (seen, secure, isUp, says) => {
    expect(createCanarySays()(seen, secure, isUp)).toBe(says)
  },
)

test('a month of faults and blocks -> nothing that befalls the line as a whole is called blocked or down', () => {
  const { miscalled } = evaluateWorld({ ...WORLD_DEFAULTS, seed: 3, years: 0.1, vantages: 2, faults: true })
  const ofOneService = new Set<string | null>([
    'large packets lost to one service',
    'half lost to one service',
    'edge dead',
  ])
  expect(miscalled!.filter(({ fault }) => !ofOneService.has(fault))).toEqual([])
})

test('called blocked during a fault -> counted with the fault and an example; during a block -> not', () => {
  const vantage = 'isp-1'
  const truth = { vantage, mechanism: null, share: 1, partial: false, fromAt: 0, untilAt: 1000 }
  const outage = { id: 'o', service: 'facebook', vantage, cause: 'blocked', closedAt: null } as const
  const told = [{ at: 500, change: { kind: 'opened', at: 500, outage } }] as unknown as Parameters<
    typeof miscalledOf
  >[0]
  const fault = { ...truth, kind: 'gone', service: null, fault: 'resolver dead' } as const
  expect(miscalledOf(told, [fault])).toEqual([
    {
      cause: 'blocked',
      fault: 'resolver dead',
      count: 1,
      exampleAt: 500,
      example: 'facebook from isp-1',
    },
  ])
  const block = { ...truth, kind: 'block', service: 'facebook' } as const
  expect(miscalledOf(told, [fault, block])).toEqual([])
})
