/** The small readers: resolvers as text, near words, values in messages. */
import { describe, expect, test } from 'vitest'
import { showPath, showValue } from '../../src/config/problem.ts'
import { parseResolver } from '../../src/config/resolver.ts'
import { nearest } from '../../src/model/suggest.ts'

describe('a resolver as text', () => {
  test.each([
    ['system', { kind: 'system' }],
    ['proxy', { kind: 'proxy' }],
    ['udp://10.0.0.53', { kind: 'udp', address: '10.0.0.53', port: 53 }],
    ['udp://10.0.0.53:5353', { kind: 'udp', address: '10.0.0.53', port: 5353 }],
    ['tcp://[2001:db8::53]:53', { kind: 'tcp', address: '2001:db8::53', port: 53 }],
    ['https://9.9.9.9/dns-query', { kind: 'doh', url: 'https://9.9.9.9/dns-query', address: '9.9.9.9' }],
    [
      'https://[2620:fe::fe]/dns-query',
      { kind: 'doh', url: 'https://[2620:fe::fe]/dns-query', address: '2620:fe::fe' },
    ],
    ['https://dns.example/q', { kind: 'doh', url: 'https://dns.example/q', address: null }],
    [
      'https://dns.example/q#2620:fe::fe',
      { kind: 'doh', url: 'https://dns.example/q', address: '2620:fe::fe' },
    ],
  ])('%s -> understood', (text, resolver) => {
    expect(parseResolver(text)).toEqual(resolver)
  })

  test.each([
    '',
    '9.9.9.9',
    'System',
    'udp://dns.example:53',
    'udp://10.0.0.53:0',
    'udp://10.0.0.53:99999',
    'udp://10.0.0.53/x',
    'tls://9.9.9.9:853',
    'http://9.9.9.9/dns-query',
    'https://u:p@dns.example/q',
    'https://dns.example/q#dns.example',
  ])('%s -> not understood', (text) => {
    expect(parseResolver(text)).toBeNull()
  })
})

describe('the word that was meant', () => {
  test.each([
    ['heartbeet', 'heartbeat'],
    ['ipv4', 'ipv6'],
    ['dnsTimeout', 'dnsTimeoutMs'],
    ['HEARTBEAT', 'heartbeat'],
    ['colour', null],
    ['x'.repeat(100_000), null],
  ])('%.20s -> %s', (word, meant) => {
    expect(nearest(word, ['heartbeat', 'dnsTimeoutMs', 'ipv6', 'workers'])).toBe(meant)
  })
})

test('a value in a message -> short, and without credentials', () => {
  expect(showValue('socks5://user:pass@10.8.0.2:1080')).toBe('"socks5://***@10.8.0.2:1080"')
  expect(showValue('https://a:b@c/d@e and https://f/ and //g@h')).toBe(
    '"https://***@e and https://f/ and //***@h"',
  )
  expect(showValue('x'.repeat(1000))).toHaveLength(82)
  expect([showValue(null), showValue([1]), showValue({}), showValue(1), showValue(true)]).toEqual([
    'nothing',
    'a list',
    'a mapping',
    '1',
    'true',
  ])
})

test('a path in a message -> as people write it', () => {
  expect(showPath(['services', 'a b', 'endpoints', 0, 'dns-Query'])).toBe(
    'services["a b"].endpoints[0].dns-Query',
  )
})
