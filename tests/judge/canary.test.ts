import { expect, test } from 'vitest'
import { judgeCanary } from '../../src/judge/canary.ts'
import type { Canary } from '../../src/model/service.ts'
import {
  aGoodMeasurement,
  aMeasurement,
  aPlainMeasurement,
  dns,
  http,
  PLAIN,
  redirect,
  tcp,
  tls,
} from './builders.ts'

const secure: Canary = {
  id: 'canary/a',
  url: 'https://www.site.example/',
  group: 'international',
  expectBody: null,
}
const plain: Canary = { ...secure, ...PLAIN, expectBody: 'all is well' }
const anyPage: Canary = { ...plain, expectBody: null }
const well = http({ ...PLAIN, bodyHead: 'yes, all is well' })
const portal = http({ ...PLAIN, bodyHead: 'please pay' })

test.each([
  ['page over TLS', aGoodMeasurement(), secure, 'yes'],
  ['page over TLS, text cannot be looked for', aGoodMeasurement(), { ...secure, expectBody: 'x' }, 'yes'],
  [
    'handshake verified, no page asked for',
    aMeasurement({ plan: 'heartbeat' }, dns(), tcp(), tls()),
    secure,
    'yes',
  ],
  [
    'certificate of a portal',
    aMeasurement(dns(), tcp(), tls({ failure: 'ssl_unknown_authority' }), http({ trusted: false })),
    secure,
    'intercepted',
  ],
  ['name not found', aMeasurement(dns({ failure: 'dns_nxdomain_error' })), secure, 'no_names'],
  [
    'no answer for the name, and an address known otherwise answers',
    aMeasurement(
      dns({ failure: 'generic_timeout_error' }),
      tcp({ source: 'control' }),
      tls({ source: 'control' }),
    ),
    secure,
    'no_names',
  ],
  [
    'name refused, and nothing else answers either: the line is gone',
    aMeasurement(
      dns({ failure: 'dns_servfail_error' }),
      tcp({ source: 'trusted', failure: 'generic_timeout_error' }),
    ),
    secure,
    'no',
  ],
  [
    'SERVFAIL by a resolver of the network, and no other address known',
    aMeasurement(dns({ failure: 'dns_servfail_error', engine: 'udp' })),
    secure,
    'no_names',
  ],
  [
    'SERVFAIL by the system’s resolver, which may be on this machine: the line may be down',
    aMeasurement(dns({ failure: 'dns_servfail_error', engine: 'system', resolver: '' })),
    secure,
    'no',
  ],
  [
    'no answer for the name, and no other address known',
    aMeasurement(dns({ failure: 'generic_timeout_error' })),
    secure,
    'no',
  ],
  [
    'answers only at an address the resolver here does not give',
    aMeasurement(
      dns(),
      tcp({ failure: 'connection_refused' }),
      tcp({ address: '93.184.216.35', source: 'trusted' }),
      tls({ address: '93.184.216.35', source: 'trusted' }),
    ),
    secure,
    'no_https',
  ],
  [
    'closed once the name is sent',
    aMeasurement(dns(), tcp(), tls({ failure: 'eof_error' })),
    secure,
    'no_https',
  ],
  [
    'a handshake that takes six seconds',
    aMeasurement(dns(), tcp(), tls({ durationMs: 6000 })),
    secure,
    'slow',
  ],
  [
    'over IPv6 alone',
    aMeasurement(
      dns(),
      tcp({ failure: 'generic_timeout_error' }),
      tcp({ address: '2a00:1450::1' }),
      tls({ address: '2a00:1450::1' }),
    ),
    secure,
    'no_ipv4',
  ],
  ['silence', aMeasurement(dns(), tcp({ failure: 'generic_timeout_error' })), secure, 'no'],
  ['expected text', aPlainMeasurement(well), plain, 'yes'],
  ['captive portal', aPlainMeasurement(portal), plain, 'no'],
  ['any page will do', aPlainMeasurement(portal), anyPage, 'yes'],
  [
    'redirect in place of the text',
    aPlainMeasurement(redirect('http://portal.example/', PLAIN)),
    plain,
    'no',
  ],
  [
    'redirect, nothing expected',
    aPlainMeasurement(redirect('http://portal.example/', PLAIN)),
    anyPage,
    'unknown',
  ],
  [
    'redirect followed to the portal',
    aPlainMeasurement(redirect('http://portal.example/', PLAIN), tcp({ depth: 1, port: 80 }), {
      ...portal,
      depth: 1,
    }),
    plain,
    'no',
  ],
  [
    'the text before a redirect, and a portal after it',
    aPlainMeasurement(well, tcp({ depth: 1, port: 80 }), { ...portal, depth: 1 }),
    plain,
    'no',
  ],
  ['page cut off', aPlainMeasurement({ ...portal, failure: 'eof_error' }), plain, 'no'],
  ['unfit', aGoodMeasurement({ unfit: 'our_error' }), secure, 'unknown'],
  [
    'silence on a late thread',
    aMeasurement({ unfit: 'late_thread' }, dns(), tcp({ failure: 'generic_timeout_error' })),
    secure,
    'unknown',
  ],
  ['the way out gone', aGoodMeasurement({ unfit: 'vantage_unreachable' }), secure, 'no'],
  ['empty', aMeasurement(), secure, 'unknown'],
] as const)('%s', (_name, measurement, canary, answered) => {
  expect(judgeCanary(measurement, canary)).toBe(answered)
})
