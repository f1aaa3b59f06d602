/** What the registries say of each range, and the forms in which one address hides in another. */
import { describe, expect, test } from 'vitest'
import {
  addressOf,
  bytesOf,
  canonical,
  familyOf,
  bogonTest,
  isLinkLocal,
  isLoopback,
  isOwnMachine,
  isPublic,
  publicTest,
  whyNotReserved,
} from '../../src/net/addresses.ts'

const PUBLIC = 'public'
const BOGON = 'bogon'
const NO_ADDRESS = 'no address'

test.each([
  ['8.8.8.8', PUBLIC],
  ['100.128.0.1', PUBLIC],
  ['172.32.0.1', PUBLIC],
  ['192.0.1.1', PUBLIC],
  ['198.20.0.1', PUBLIC],
  ['223.255.255.255', PUBLIC],
  ['2a03:2880:f12f:83:face:b00c:0:25de', PUBLIC],
  ['2001:4860:4860::8888', PUBLIC],
  ['2001:20::1', PUBLIC],
  ['2002:808:808::1', PUBLIC],
  ['2001:0:808:808::', PUBLIC],
  ['64:ff9b::808:808', PUBLIC],
  ['0.0.0.0', BOGON],
  ['10.255.0.1', BOGON],
  ['100.64.0.1', BOGON],
  ['127.9.9.9', BOGON],
  ['169.254.1.1', BOGON],
  ['172.31.0.1', BOGON],
  ['192.0.0.8', BOGON],
  ['192.0.2.1', BOGON],
  ['192.168.1.1', BOGON],
  ['198.19.0.1', BOGON],
  ['198.51.100.7', BOGON],
  ['203.0.113.7', BOGON],
  ['224.0.0.1', BOGON],
  ['240.0.0.1', BOGON],
  ['255.255.255.255', BOGON],
  ['::', BOGON],
  ['::1', BOGON],
  ['::8.8.8.8', BOGON],
  ['::ffff:8.8.8.8', BOGON],
  ['64:ff9b::a00:1', BOGON],
  ['64:ff9b:1::1', BOGON],
  ['100::1', BOGON],
  ['100:0:0:1::1', BOGON],
  ['2001:2::1', BOGON],
  ['2001:10::1', BOGON],
  ['2001:db8::1', BOGON],
  ['[2001:db8::1]', BOGON],
  ['2001::1', BOGON],
  ['2001:0:7f00:1::', BOGON],
  ['2002:a00:1::1', BOGON],
  ['3fff::1', BOGON],
  ['5f00::1', BOGON],
  ['fd00::1', BOGON],
  ['fe80::1%eth0', BOGON],
  ['fec0::1', BOGON],
  ['ff02::1', BOGON],
  ['www.site.example', NO_ADDRESS],
  ['10.8.0', NO_ADDRESS],
  ['010.0.0.1', NO_ADDRESS],
  ['2130706433', NO_ADDRESS],
  ['', NO_ADDRESS],
])('%s -> %s', (address, kind) => {
  expect({ public: isPublic(address), bogon: bogonTest()(address) }).toEqual({
    public: kind === PUBLIC,
    bogon: kind === BOGON,
  })
})

test('a prefix that counts as public by configuration, in its other forms too', () => {
  const isPublicHere = publicTest(['203.0.113.0/24', '2001:db8::/32'])
  expect(['203.0.113.7', '2001:db8::1', '64:ff9b::cb00:7107', '8.8.8.8'].map(isPublicHere)).toEqual(
    Array.from({ length: 4 }, () => true),
  )
  expect(['198.51.100.7', '3fff::1', 'www.site.example'].map(isPublicHere)).toEqual([false, false, false])
})

test.each([
  ['198.51.100.0/24', null],
  ['198.51.100.128/25', null],
  ['10.0.0.0/8', null],
  ['2001:db8:1::/48', null],
  ['198.51.100.0', 'malformed'],
  ['198.51.100.0/33', 'malformed'],
  ['www.site.example/24', 'malformed'],
  ['', 'malformed'],
  ['198.51.0.0/16', 'public'],
  ['8.8.8.0/24', 'public'],
  ['2001::/16', 'public'],
  ['127.0.0.0/24', 'own'],
  ['0.0.0.0/0', 'own'],
  ['126.0.0.0/7', 'own'],
  ['::/96', 'own'],
  ['::1/128', 'own'],
  ['::ffff:127.0.0.1/128', 'own'],
  ['169.254.169.254/32', 'own'],
  ['fe80::/64', 'own'],
])('the prefix %s as public -> %s', (cidr, why) => {
  expect(whyNotReserved(cidr)).toBe(why)
})

test.each([
  ['127.0.0.1', true, true, false],
  ['::1', true, true, false],
  ['::1%lo', true, true, false],
  ['[::1]', true, true, false],
  ['::ffff:127.0.0.1', true, true, false],
  ['0.0.0.0', false, true, false],
  ['0.1.2.3', false, true, false],
  ['::', false, true, false],
  ['::ffff:0.0.0.0', false, true, false],
  ['10.0.0.1', false, false, false],
  ['169.254.169.254', false, false, true],
  ['::ffff:169.254.169.254', false, false, true],
  ['64:ff9b::a9fe:a9fe', false, false, true],
  ['fe80::1', false, false, true],
  ['localhost', false, false, false],
])('%s -> loopback %s, own machine %s, link-local %s', (address, loopback, own, linkLocal) => {
  expect([isLoopback(address), isOwnMachine(address), isLinkLocal(address)]).toEqual([
    loopback,
    own,
    linkLocal,
  ])
})

describe('spelling', () => {
  test.each([
    ['2A03:2880:F12F:0083:FACE:B00C:0000:25DE', '2a03:2880:f12f:83:face:b00c:0:25de'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['::ffff:1.2.3.4', '::ffff:102:304'],
    ['[::1]', '::1'],
    ['192.0.2.1', '192.0.2.1'],
    ['WWW.Site.example', 'www.site.example'],
  ])('%s -> %s', (address, spelled) => expect(canonical(address)).toBe(spelled))

  test.each([
    ['192.0.2.1', 4],
    ['256.0.2.1', null],
    ['2001:db8::1', 6],
    ['fe80::1%eth0', 6],
    ['www.site.example', null],
  ])('family of %s -> %s', (address, family) => expect(familyOf(address)).toBe(family))

  test.each(['192.0.2.1', '2001:db8::1'])('%s to bytes and back', (address) => {
    expect(addressOf(bytesOf(address))).toBe(address)
  })
})
