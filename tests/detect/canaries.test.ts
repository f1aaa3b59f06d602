import { describe, expect, test } from 'vitest'
import { blockedCanaries } from '../../src/detect/canaries.ts'
import { foldCanary } from '../../src/detect/fold.ts'
import { healthOf } from '../../src/detect/health.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import type { CanaryAnswer } from '../../src/model/judged-measurement.ts'
import { aCanaryMeasurement, createHarness, reset, SECOND, T0, WATCH } from './builders.ts'

/** As it ships: asked over TLS and in cleartext abroad, over TLS at home, and two neutral hosts. */
const SHIPPED: Watch = {
  ...WATCH,
  canaries: [
    ...['a', 'b', 'c'].map((id) => ({ id, group: 'international' as const, secure: true })),
    ...['clear-a', 'clear-b', 'clear-c'].map((id) => ({ id, group: 'international' as const })),
    ...['home-a', 'home-b'].map((id) => ({ id, group: 'domestic' as const, secure: true })),
    ...['neutral-a', 'neutral-b'].map((id) => ({
      id,
      group: 'international' as const,
      secure: true,
      optional: true,
    })),
  ],
}
/** Cleartext canaries abroad alone, as before there were others. */
const OLD: Watch = { ...SHIPPED, canaries: SHIPPED.canaries.filter(({ id }) => !/^[abc]$/.test(id)) }

type Said = (id: string) => CanaryAnswer

const SECURE_ABROAD = /^([abc]|neutral-.)$/
const secureAbroad =
  (answer: CanaryAnswer): Said =>
  (id) =>
    SECURE_ABROAD.test(id) ? answer : 'yes'
const secure =
  (answer: CanaryAnswer): Said =>
  (id) =>
    id.startsWith('clear') ? 'yes' : answer
const abroad =
  (answer: CanaryAnswer): Said =>
  (id) =>
    id.startsWith('home') ? 'yes' : answer

function after(watch: Watch, ...sweeps: Said[]) {
  const harness = createHarness(watch)
  for (const [i, said] of sweeps.entries()) {
    const answers = Object.fromEntries(watch.canaries.map(({ id }) => [id, said(id)]))
    harness.sweep(T0 + i * 30 * SECOND, answers)
  }
  return { harness, health: healthOf(harness.detector, 'babilon', watch) }
}

const all =
  (answer: CanaryAnswer): Said =>
  () =>
    answer

describe.each([
  ['as shipped', SHIPPED],
  ['neutral hosts beside cleartext ones', OLD],
])('%s', (_, watch) => {
  test.each([
    { name: 'all answer', said: all('yes'), is: 'online', how: null },
    { name: 'no name is answered for', said: all('no_names'), is: 'no_names', how: null },
    { name: 'port 443 dead, at home too', said: secure('no_https'), is: 'no_https', how: null },
    { name: 'SYNs to port 443 vanish', said: secure('no'), is: 'no_https', how: null },
    { name: 'one authority signs all', said: secure('intercepted'), is: 'intercepted', how: null },
    { name: 'IPv4 gone', said: all('no_ipv4'), is: 'no_ipv4', how: null },
    { name: 'slow', said: all('slow'), is: 'slow', how: null },
    { name: 'HTTPS gone abroad', said: secureAbroad('no_https'), is: 'shutdown', how: 'shutdown.https' },
    { name: 'SYNs to 443 abroad vanish', said: secureAbroad('no'), is: 'shutdown', how: 'shutdown.https' },
    { name: 'names gone abroad', said: abroad('no_names'), is: 'shutdown', how: 'shutdown.dns' },
    { name: 'all gone abroad', said: abroad('no'), is: 'shutdown', how: null },
    {
      name: 'all gone abroad, and the resolver with it',
      said: (id: string): CanaryAnswer => (id.startsWith('home') ? 'no_names' : 'no'),
      is: 'shutdown',
      how: null,
    },
    { name: 'everything gone', said: all('no'), is: 'offline', how: null },
  ] as const)('$name -> $is', ({ said, is, how }) => {
    const { harness, health } = after(watch, all('yes'), ...Array.from({ length: 6 }, () => said))
    expect(health).toBe(is)
    const outages = harness.changes.map(({ kind, outage }) => [kind, outage.cause, outage.mechanism])
    expect(outages).toEqual(is === 'online' ? [] : [['opened', is, how]])
  })

  test('doubt at once: nothing that fails is believed from the first sweep on', () => {
    const { harness, health } = after(watch, all('yes'), secure('no_https'))
    expect(health).toBe('unknown')
    harness.measure(reset, T0 + 31 * SECOND)
    expect(harness.changes).toEqual([])
  })

  test('one censored, the others answer -> online', () => {
    const said: Said = (id) => (id === watch.canaries[0]!.id ? 'no_https' : 'yes')
    expect(after(watch, all('yes'), said, said, said).health).toBe('online')
  })

  test('well again -> told once, and over', () => {
    const { harness } = after(
      watch,
      all('yes'),
      ...Array.from({ length: 8 }, () => all('no_names')),
      all('yes'),
    )
    expect(harness.changes.map(({ kind }) => kind)).toEqual(['opened', 'closed'])
  })
})

test('canaries that are themselves blocked -> leave the quorum, until they answer again', () => {
  const censored = ['a', 'b', 'neutral-a', 'neutral-b']
  const silent: Said = (id) => (censored.includes(id) ? 'no_https' : 'yes')
  const proved: Said = (id) => (censored.includes(id) ? 'blocked' : 'yes')
  const { harness, health } = after(SHIPPED, all('yes'), silent, silent, silent, proved, silent)
  expect(health).toBe('online')
  expect(blockedCanaries(harness.detector.vantages['babilon'])).toEqual(censored)
  harness.sweep(T0 + 10 * 60 * SECOND, 'yes')
  expect(blockedCanaries(harness.detector.vantages['babilon'])).toEqual([])
})

test('neutral hosts that never answered from here -> do not count', () => {
  const said: Said = (id) => (id.startsWith('neutral') ? 'no_https' : 'yes')
  expect(after(OLD, said, said, said, said).health).toBe('online')
  // Once one has answered, it is the line that fails it.
  expect(after(OLD, all('yes'), ...Array.from({ length: 6 }, () => said)).health).toBe('shutdown')
})

test('what failed at HTTP -> only a probe that gets so far says that it is fine again', () => {
  const harness = createHarness(SHIPPED)
  const say = (answered: CanaryAnswer, at: number, sawHttp: boolean): void => {
    for (const { id: canary, group } of SHIPPED.canaries)
      foldCanary(
        harness.detector,
        aCanaryMeasurement(answered, at, { canary, group, sawHttp }),
        SHIPPED,
        DEFAULTS,
      )
  }
  say('yes', T0, false)
  for (const n of [1, 2, 3, 4, 5, 6]) say('slow', T0 + n * 10 * SECOND, true)
  say('yes', T0 + 70 * SECOND, false)
  expect(healthOf(harness.detector, 'babilon', SHIPPED)).toBe('slow')
  say('yes', T0 + 80 * SECOND, true)
  expect(healthOf(harness.detector, 'babilon', SHIPPED)).toBe('online')
})
