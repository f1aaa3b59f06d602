import { expect, test } from 'vitest'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { CONFIRM_AFTER_MS, SUSPECT_AFTER_MS } from '../../src/model/confirmation.ts'
import type { Failure } from '../../src/model/failure.ts'
import type { WatchedEndpoint } from '../../src/watch/types.ts'
import {
  aControl,
  aMeasurement,
  byControl,
  dns,
  FOREIGN_ADDRESS,
  http,
  tcp,
  tls,
  trustedDns,
} from '../judge/builders.ts'
import { tell } from './clock.ts'

const ENDPOINT: WatchedEndpoint = { id: 'service/www', service: 'service', role: 'primary' }
const CANARIES = [
  { id: 'canary/a', group: 'international' },
  { id: 'canary/b', group: 'international' },
  { id: 'canary/c', group: 'domestic' },
] as const
const WATCH: Watch = {
  services: [{ id: 'service', endpoints: [{ id: ENDPOINT.id, role: ENDPOINT.role }] }],
  vantages: [{ id: 'babilon', country: 'TJ' }],
  canaries: CANARIES,
  roundMs: 30_000,
}
const DIED_AT = Date.UTC(2015, 4, 28, 9)
const given = { address: FOREIGN_ADDRESS }
const fine = aMeasurement(
  dns({ answers: [FOREIGN_ADDRESS] }),
  trustedDns(),
  tcp(given),
  tls(given),
  http(given),
)

/** An edge that only this network is given dies, or has always been dead; the address of everybody else works all along. */
function story(failure: Failure, servedBefore: boolean) {
  const dead = aMeasurement(
    dns({ answers: [FOREIGN_ADDRESS] }),
    trustedDns(),
    tcp({ ...given, failure }),
    tcp(byControl),
    tls(byControl),
  )
  const { changes } = tell({
    watching: {
      watchAt: () => WATCH,
      endpoints: new Map([[ENDPOINT.id, ENDPOINT]]),
      canaries: new Map(CANARIES.map((canary) => [canary.id, canary])),
      controls: ['outside'],
      settings: DEFAULTS,
      confirmAfterMs: CONFIRM_AFTER_MS,
      suspectAfterMs: SUSPECT_AFTER_MS,
      timeAgainAfterMs: 0,
      diagnose: null,
      incidents: null,
    },
    vantage: 'babilon',
    turns: [
      ...CANARIES.map((target) => ({ target, plan: 'heartbeat' as const })),
      { target: ENDPOINT, plan: 'heartbeat' as const },
    ],
    roundMs: 30_000,
    fromAt: DIED_AT - 600_000,
    untilAt: DIED_AT + 1_200_000,
    meet({ purpose }, at) {
      if (purpose === 'canary' || purpose === 'control') return { measurement: aControl(), tookMs: 100 }
      const measurement = at < DIED_AT && servedBefore ? fine : dead
      return {
        measurement,
        tookMs: measurement === dead && failure === 'generic_timeout_error' ? 10_000 : 100,
      }
    },
  })
  const from = servedBefore ? DIED_AT : DIED_AT - 600_000
  return changes.map(({ kind, at, outage }) => ({
    kind,
    afterS: (at - from) / 1000,
    cause: outage.cause,
    mechanism: outage.mechanism,
  }))
}

test.each([
  ['connection_refused', 'tcp.refused'],
  ['host_unreachable', 'tcp.unreachable'],
  ['generic_timeout_error', 'tcp.timeout'],
] as const)(
  'an edge dies: %s -> no lie, and no block however long it lasts: unreachable by %s',
  (failure, mechanism) => {
    const changes = story(failure, true)
    expect(changes[0]).toMatchObject({ kind: 'opened', cause: 'unreachable', mechanism })
    for (const change of changes) expect(change.mechanism).toBe(mechanism)
    expect(changes.filter(({ cause }) => cause === 'blocked')).toEqual([])
  },
)

test.each(['connection_refused', 'host_unreachable', 'generic_timeout_error'] as const)(
  'an edge has been dead from the first measurement on: %s -> unreachable until it lasts',
  (failure) => {
    const changes = story(failure, false)
    expect(changes[0]).toMatchObject({ kind: 'opened', cause: 'unreachable' })
    for (const { afterS } of changes.filter(({ cause }) => cause === 'blocked'))
      expect(afterS).toBeGreaterThan(480)
  },
)
