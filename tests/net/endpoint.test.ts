import { expect, test } from 'vitest'
import { endpointOf, hostIn, hostOf, portOf, tcpKey, tlsKey } from '../../src/net/endpoint.ts'

test.each([
  ['https://WWW.site.example/', 'www.site.example', 443],
  ['http://www.site.example:8080/a', 'www.site.example', 8080],
  ['http://[2001:DB8::1]/', '2001:db8::1', 80],
  ['https://[2001:db8::1]:8443/', '2001:db8::1', 8443],
])('%s -> host %s, port %s', (url, host, port) => {
  expect([hostOf(new URL(url)), hostIn(url), portOf(new URL(url))]).toEqual([host, host, port])
})

test('a text without a host names none', () => {
  expect([hostIn('mailto:a@site.example'), hostIn('/path'), hostIn('/path', 'https://a.example/')]).toEqual([
    null,
    null,
    'a.example',
  ])
})

test.each([
  ['192.0.2.1', 443, '192.0.2.1:443'],
  ['2001:DB8:0::1', 443, '[2001:db8::1]:443'],
  ['[2001:db8::1]', 80, '[2001:db8::1]:80'],
  ['::ffff:1.2.3.4', 443, '[::ffff:102:304]:443'],
  ['WWW.site.example', 443, 'www.site.example:443'],
])('%s and %s -> %s, and apart again', (host, port, key) => {
  expect(tcpKey(host, port)).toBe(key)
  expect(tlsKey(host, port, 'WWW.site.example')).toBe(`${key} www.site.example`)
  const { address, port: number } = endpointOf(key)!
  expect(tcpKey(address, number)).toBe(key)
})

test.each(['', '192.0.2.1', '2001:db8::1', '192.0.2.1:99999', '[::1]', 'a b:1'])(
  '"%s" is no endpoint',
  (text) => {
    expect(endpointOf(text)).toBe(null)
  },
)
