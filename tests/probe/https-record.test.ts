/** HTTPS records as they come off the wire: offers of HTTP/3, and what is none. */
import packet from 'dns-packet'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeQuestion, readReply } from '../../src/probe/dns/wire.ts'
import { http3PortIn } from '../../src/probe/dns/https-record.ts'

const HOST = 'www.site.example'

const u16 = (n: number) => Buffer.from([n >> 8, n & 255])
const param = (key: number, value: Buffer) => Buffer.concat([u16(key), u16(value.length), value])
const listed = (...names: string[]) =>
  Buffer.concat(names.map((name) => Buffer.from([name.length, ...Buffer.from(name)])))
const alpn = (...names: string[]) => param(1, listed(...names))
const mandatory = (...keys: number[]) => param(0, Buffer.concat(keys.map(u16)))
const port = (n: number) => param(3, u16(n))
const named = (target: string) => Buffer.concat([listed(...target.split('.')), Buffer.from([0])])
const OWN = Buffer.from([0])

function record(priority: number, target: Buffer, ...params: Buffer[]): Buffer {
  return Buffer.concat([u16(priority), target, ...params])
}

/** What a reply with such records is read as. */
function read(owner: string, ...records: Buffer[]): number | null | undefined {
  const type = 'UNKNOWN_65' as 'A'
  const answers = records.map((data) => ({ type, name: owner, ttl: 60, data }) as unknown as packet.Answer)
  const message = packet.encode({ type: 'response', id: 7, questions: [{ type, name: HOST }], answers })
  return readReply(message, { host: HOST, type: 'HTTPS' })?.http3Port
}

const H3 = record(1, OWN, alpn('h3', 'h2'))

describe('an offer', () => {
  test.each([
    ['for the name itself', [H3], 443],
    ['h3 alone, last in the list', [record(1, OWN, alpn('h2', 'h3'))], 443],
    ['on another port', [record(1, OWN, alpn('h3'), port(8443))], 8443],
    ['spelled out, in capitals', [record(1, named('WWW.site.example'), alpn('h3'))], 443],
    [
      'beside hints, ECH and keys nobody knows',
      [record(1, OWN, alpn('h3'), param(4, Buffer.alloc(4)), param(5, Buffer.alloc(70)), param(65_400, OWN))],
      443,
    ],
    [
      'what it makes mandatory is known',
      [record(1, OWN, mandatory(1, 4), alpn('h3'), param(4, Buffer.alloc(4)))],
      443,
    ],
    [
      'several -> the one that comes first by priority',
      [record(2, OWN, alpn('h3'), port(2)), record(1, OWN, alpn('h3'), port(1))],
      1,
    ],
    [
      'one for elsewhere, one for here',
      [record(1, named('cdn.example'), alpn('h3')), record(2, OWN, alpn('h3'))],
      443,
    ],
  ] as const)('%s', (_name, records, expected) => {
    expect(read(HOST, ...records)).toBe(expected)
  })

  test('under the name that the host is an alias of -> it counts', () => {
    expect(read('cdn.example', H3)).toBe(443)
    expect(read('cdn.example', record(1, named('cdn.example'), alpn('h3')))).toBe(443)
  })
})

describe('no offer', () => {
  test.each([
    ['no record', []],
    ['no alpn', [record(1, OWN)]],
    ['h2 only', [record(1, OWN, alpn('h2'))]],
    ['a draft of it', [record(1, OWN, alpn('h3-29'))]],
    ['an alias, whatever parameters it has', [record(0, OWN, alpn('h3'))]],
    ['an alias beside an offer', [H3, record(0, named('cdn.example'))]],
    ['another host offers it', [record(1, named('cdn.example'), alpn('h3'))]],
    [
      'it makes a key mandatory that nobody knows',
      [record(1, OWN, mandatory(1, 9), alpn('h3'), param(9, OWN))],
    ],
  ] as const)('%s', (_name, records) => {
    expect(read(HOST, ...records)).toBeNull()
  })

  test('the resolver says that it could not answer -> none, whatever is in it', () => {
    const message = packet.encode({
      type: 'response',
      flags: 2,
      questions: [{ type: 'UNKNOWN_65' as 'A', name: HOST }],
      answers: [{ type: 'UNKNOWN_65', name: HOST, ttl: 60, data: H3 } as unknown as packet.Answer],
    })
    expect(readReply(message, { host: HOST, type: 'HTTPS' })).toMatchObject({
      failure: 'dns_servfail_error',
      http3Port: null,
    })
  })

  test('in a reply about its addresses -> none', () => {
    const query = encodeQuestion(7, { host: HOST, type: 'A' })
    query.writeUInt16BE(0x8180, 2)
    expect(readReply(query, { host: HOST, type: 'A' })?.http3Port).toBeNull()
  })
})

describe('malformed -> the whole set is void', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['no priority', Buffer.from([0])],
    ['no end to the name', record(1, Buffer.from([3, 97, 98, 99]))],
    ['a compressed name', record(1, Buffer.from([0xc0, 0x0c]), alpn('h3'))],
    ['a key cut short', record(1, OWN, alpn('h3'), Buffer.from([0, 3, 0]))],
    ['a value longer than the record', record(1, OWN, Buffer.from([0, 1, 0, 9, 2, 104, 51]))],
    ['keys out of order', record(1, OWN, port(443), alpn('h3'))],
    ['a key twice', record(1, OWN, alpn('h3'), alpn('h3'))],
    ['an empty list of protocols', record(1, OWN, param(1, Buffer.alloc(0)))],
    ['a protocol of no length', record(1, OWN, param(1, Buffer.from([0, 2, 104, 51])))],
    ['a protocol beyond the end', record(1, OWN, param(1, Buffer.from([2, 104, 51, 9, 104])))],
    ['a port of one byte', record(1, OWN, alpn('h3'), param(3, Buffer.from([1])))],
    ['port 0', record(1, OWN, alpn('h3'), port(0))],
    ['half a mandatory key', record(1, OWN, param(0, Buffer.from([0, 1, 0])), alpn('h3'))],
    ['nothing mandatory', record(1, OWN, param(0, Buffer.alloc(0)), alpn('h3'))],
    ['mandatory is mandatory', record(1, OWN, mandatory(0, 1), alpn('h3'))],
    ['what is mandatory is not there', record(1, OWN, mandatory(1, 4), alpn('h3'))],
  ])('%s', (_name, data) => {
    expect(read(HOST, data)).toBeNull()
    expect(read(HOST, H3, data)).toBeNull()
  })

  test('whatever bytes -> a port or none, never an error', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
    const mangled = fc.tuple(fc.nat(H3.length - 1), fc.nat(255)).map(([at, byte]) => {
      const data = Buffer.from(H3)
      data[at] = byte
      return data
    })
    fc.assert(
      fc.property(fc.oneof(bytes, mangled), (data) => {
        const said = http3PortIn([{ name: HOST, data }], HOST)
        expect(said === null || (said > 0 && said < 65_536)).toBe(true)
      }),
    )
  })

  test.each(Array.from({ length: H3.length }, (_, length) => length))(
    'cut after %i bytes -> none',
    (length) => {
      expect(read(HOST, H3.subarray(0, length))).toBeNull()
    },
  )
})
