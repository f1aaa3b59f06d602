/** No block hides: each means, at the pace that ships, is found and named within the time that it can be told from a fault. */
import { expect, test } from 'vitest'
import type { CensorRule } from '../../src/lab/censor.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/model/time.ts'
import { STRUCK_AT, suffer } from './fault.ts'

const NAMES = ['www.facebook.com', 'facebook.com']
const TO = ['www.facebook.com']
/** Something answers: a refusal, a lie, a reset. */
const ANSWERED_MS = MINUTE_MS
/** Silence that is told from a fault by comparison with the neutral hosts. */
const SILENT_MS = 3 * MINUTE_MS
/** Silence at the address, whatever name is sent there. */
const ADDRESS_MS = 5 * MINUTE_MS
/** A full look every five minutes is the first that can see it. */
const PAGE_MS = 7 * MINUTE_MS

interface Means {
  readonly rule: CensorRule
  readonly mechanism: string
  readonly withinMs: number
}

const dns = (action: 'nxdomain' | 'empty' | 'refused' | 'servfail' | 'timeout'): CensorRule => ({
  layer: 'dns',
  names: NAMES,
  action,
})

const MEANS: Record<string, Means> = {
  NXDOMAIN: { rule: dns('nxdomain'), mechanism: 'dns.nxdomain', withinMs: ANSWERED_MS },
  'no address': { rule: dns('empty'), mechanism: 'dns.empty', withinMs: ANSWERED_MS },
  REFUSED: { rule: dns('refused'), mechanism: 'dns.refused', withinMs: ANSWERED_MS },
  'SERVFAIL for the name': { rule: dns('servfail'), mechanism: 'dns.servfail', withinMs: SILENT_MS },
  'no answer for the name': { rule: dns('timeout'), mechanism: 'dns.timeout', withinMs: SILENT_MS },
  'a private address': {
    rule: { layer: 'dns', names: NAMES, action: 'private' },
    mechanism: 'dns.bogus',
    withinMs: ANSWERED_MS,
  },
  'a loopback address': {
    rule: { layer: 'dns', names: NAMES, action: 'loopback' },
    mechanism: 'dns.loopback',
    withinMs: ANSWERED_MS,
  },
  'the address of a block page': {
    rule: { layer: 'dns', names: NAMES, action: 'bogus' },
    mechanism: 'dns.bogus',
    withinMs: ANSWERED_MS,
  },
  'a forged answer before the true one': {
    rule: { layer: 'dns', names: NAMES, action: 'inject' },
    mechanism: 'dns.injection',
    withinMs: ANSWERED_MS,
  },
  'the address refuses': {
    rule: { layer: 'tcp', to: TO, action: 'refuse' },
    mechanism: 'tcp.refused',
    withinMs: ANSWERED_MS,
  },
  'the address resets': {
    rule: { layer: 'tcp', to: TO, action: 'reset' },
    mechanism: 'tcp.reset',
    withinMs: ANSWERED_MS,
  },
  'the address is silent': {
    rule: { layer: 'tcp', to: TO, action: 'drop' },
    mechanism: 'tcp.timeout',
    withinMs: ADDRESS_MS,
  },
  'a reset by name': {
    rule: { layer: 'tls', names: NAMES, action: 'reset' },
    mechanism: 'tls.sni-reset',
    withinMs: ANSWERED_MS,
  },
  'a FIN by name': {
    rule: { layer: 'tls', names: NAMES, action: 'fin' },
    mechanism: 'tls.sni-eof',
    withinMs: ANSWERED_MS,
  },
  'silence by name': {
    rule: { layer: 'tls', names: NAMES, action: 'drop' },
    mechanism: 'tls.sni-timeout',
    withinMs: SILENT_MS,
  },
  'an alert by name': {
    rule: { layer: 'tls', names: NAMES, action: 'alert', description: 40 },
    mechanism: 'tls.alert',
    withinMs: ANSWERED_MS,
  },
  'a page in cleartext by name': {
    rule: { layer: 'tls', names: NAMES, action: 'cleartext' },
    mechanism: 'tls.not-tls',
    withinMs: ANSWERED_MS,
  },
  'a forged certificate': {
    rule: { layer: 'tls', names: NAMES, action: 'mitm' },
    mechanism: 'tls.mitm',
    withinMs: ANSWERED_MS,
  },
  'silence after 16 kB': {
    rule: { layer: 'tls', names: NAMES, action: 'drop-after', afterBytes: 16_000 },
    mechanism: 'http.cut',
    withinMs: PAGE_MS,
  },
  'a reset after 16 kB': {
    rule: { layer: 'tls', names: NAMES, action: 'reset-after', afterBytes: 16_000 },
    mechanism: 'http.cut',
    withinMs: PAGE_MS,
  },
}

test.each(Object.entries(MEANS))('%s -> named in time, and no other service with it', async (_, means) => {
  const { changes } = await suffer({ rules: [means.rule], health: 'online' })
  const named = changes.find(({ outage }) => outage.cause === 'blocked')
  expect(new Set(changes.map(({ outage }) => outage.service))).toEqual(new Set(['facebook']))
  expect(changes.map(({ outage }) => outage.mechanism)).toContain(means.mechanism)
  expect(named, 'never called blocked').toBeDefined()
  expect((named!.at - STRUCK_AT) / SECOND_MS).toBeLessThan(means.withinMs / SECOND_MS)
  expect(changes.at(-1)).toMatchObject({ kind: 'closed' })
})
