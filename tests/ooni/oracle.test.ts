/** Thousands of documents, judged by our rules and by OONI's written down a second time. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  BLOCK_BODY,
  BODY,
  type ConnectionParts,
  type ControlParts,
  GOOD,
  GOOD_TOO,
  HEADERS,
  HOST,
  FOREIGN_ADDRESS,
  URL_PLAIN,
  URL_SECURE,
  V6,
  control,
  document,
  query,
} from './documents.ts'
import { keysOf } from './judged.ts'
import { oracle } from './oracle.ts'

const address = fc.constantFrom(GOOD, GOOD_TOO, FOREIGN_ADDRESS, V6, '10.10.34.34', '127.0.0.1')
const depth = fc.constantFrom(0, 0, 0, 1, 2)
const host = fc.constantFrom(HOST, HOST, HOST, 'm.site.example')
const stepFailure = fc.constantFrom(
  null,
  null,
  'connection_refused',
  'connection_reset',
  'generic_timeout_error',
  'host_unreachable',
  'network_unreachable',
  'eof_error',
  'ssl_unknown_authority',
)
const dnsFailure = fc.constantFrom(null, null, 'dns_nxdomain_error', 'dns_no_answer', 'dns_servfail_error')
const theirFailure = fc.constantFrom(
  null,
  null,
  'connection_refused_error',
  'unknown_error',
  'generic_timeout_error',
)

const lookups = fc
  .array(
    fc.record({
      engine: fc.constantFrom('getaddrinfo', 'getaddrinfo', 'udp', 'doh', 'golang_net_resolver'),
      host,
      failure: dnsFailure,
      addresses: fc.array(address, { maxLength: 3 }),
      type: fc.constantFrom('ANY', 'A', 'AAAA'),
      depth,
    }),
    { maxLength: 4 },
  )
  .map((all) => all.map((parts, at) => query({ ...parts, transaction: 10_001 + at })))

const page = fc.record({
  failure: stepFailure,
  code: fc.constantFrom(200, 200, 301, 403, 404, 503),
  body: fc.constantFrom(BODY, BLOCK_BODY, '', 'x'.repeat(1500)),
  truncated: fc.boolean(),
  headers: fc.constantFrom<Record<string, string>>(HEADERS, {}, { Server: 'nginx' }, { 'x-site-id': '1' }),
  url: fc.constantFrom(URL_PLAIN, URL_SECURE),
})

/** What comes after a step that failed is never there. */
const connections = fc
  .array(
    fc.record({
      ip: address,
      port: fc.constantFrom(80, 443),
      tcp: stepFailure,
      tls: fc.option(stepFailure),
      http: fc.option(page),
      depth,
      fetchBody: fc.constantFrom(true, true, false),
      serverName: host,
    }),
    { maxLength: 5 },
  )
  .chain((all) =>
    fc.shuffledSubarray([...all.keys()], { minLength: all.length }).map((order) =>
      all.map(({ tls, http, ...rest }, at): ConnectionParts => {
        const hasTls = rest.tcp === null && rest.port === 443
        const hasPage = rest.tcp === null && http !== null && (!hasTls || tls === null)
        return {
          ...rest,
          classic: rest.ip !== FOREIGN_ADDRESS,
          transaction: 50_001 + order[at]!,
          ...(hasTls && { tls }),
          ...(hasPage && { http }),
        }
      }),
    ),
  )

const places = [GOOD, GOOD_TOO, FOREIGN_ADDRESS].flatMap((ip) => [`${ip}:80`, `${ip}:443`])
const byPlace = fc.dictionary(fc.constantFrom(...places, `[${V6}]:443`), theirFailure, { maxKeys: 6 })
const theirControl = fc.record({
  dns: fc.option(
    fc
      .record({
        failure: fc.constantFrom(null, null, null, 'dns_name_error'),
        addrs: fc.array(address, { maxLength: 3 }),
      })
      .map(({ failure, addrs }) => ({ failure, addrs: failure === null ? addrs : [] })),
    { freq: 8 },
  ),
  http: fc.option(
    fc.record({
      failure: theirFailure,
      code: fc.constantFrom(200, 200, 404, 503),
      length: fc.constantFrom(BODY.length, 100, -1),
      title: fc.constantFrom('Daily news from Khujand', 'Access restricted', ''),
      headers: fc.constantFrom<Record<string, string>>(HEADERS, {}, { Server: 'nginx' }),
    }),
    { freq: 8 },
  ),
  tcp: byPlace,
  tls: byPlace,
  serverName: fc.constantFrom(HOST, HOST, 'm.site.example'),
  networks: fc.dictionary(
    fc.constantFrom(GOOD, GOOD_TOO, FOREIGN_ADDRESS, V6),
    fc.constantFrom(0, 15_133, 32_934),
  ),
})

const documents = fc
  .record({
    input: fc.constantFrom(URL_PLAIN, URL_SECURE),
    queries: lookups,
    connections,
    control: fc.option(theirControl, { freq: 5 }),
  })
  .map((parts) =>
    document({ ...parts, control: parts.control === null ? null : control(parts.control as ControlParts) }),
  )

/** A connection to an address the control alone gave never says it is by the system's resolver. */
function isHonest(doc: ReturnType<typeof document>): boolean {
  const answered = (engines: readonly string[]) =>
    new Set(
      doc.test_keys.queries
        .filter((q) => engines.includes(q.engine!) && q.failure === null)
        .flatMap((q) => (q.answers ?? []).map((a) => ('ipv4' in a ? a.ipv4 : a.ipv6))),
    )
  const system = answered(['getaddrinfo', 'golang_net_resolver'])
  const others = answered(['udp', 'doh'])
  const theirs = new Set(doc.test_keys.control?.dns?.addrs)
  return doc.test_keys.tcp_connect.every(
    ({ ip, tags }) => !tags.includes('classic') || system.has(ip) || (!others.has(ip) && !theirs.has(ip)),
  )
}

test('our keys are those the second writing gives', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(documents.filter(isHonest), (doc) => {
      const keys = keysOf(doc)
      expect(keys).toEqual(oracle(doc))
      seen.set(JSON.stringify(keys), (seen.get(JSON.stringify(keys)) ?? 0) + 1)
    }),
    { numRuns: 6000, seed: 20_240_514 },
  )
  // The documents are worth something only if every pair of keys comes up.
  expect([...seen.keys()].toSorted()).toEqual([
    '{"blocking":"dns","accessible":false}',
    '{"blocking":"http-diff","accessible":false}',
    '{"blocking":"http-failure","accessible":false}',
    '{"blocking":"tcp_ip","accessible":false}',
    '{"blocking":false,"accessible":false}',
    '{"blocking":false,"accessible":true}',
    '{"blocking":null,"accessible":null}',
  ])
})
