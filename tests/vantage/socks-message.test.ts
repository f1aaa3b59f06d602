import {
  type Arbitrary,
  array,
  assert,
  constantFrom,
  domain,
  integer,
  ipV4,
  ipV6,
  oneof,
  property,
  string,
  tuple,
  uint8Array,
} from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical } from '../../src/net/addresses.ts'
import * as codec from '../../src/vantage/socks-message.ts'

const port = integer({ min: 0, max: 65_535 })
const address = oneof(ipV4(), ipV6())
const host = oneof(address, domain())
const text = string({ unit: 'grapheme', maxLength: 60 })
const data = uint8Array({ maxLength: 60 })

const kindOf = (at: string) => (/:|^[\d.]+$/.test(at) ? 'address' : 'name')
const targetOf = (at: string, on: number) => ({
  kind: kindOf(at),
  host: kindOf(at) === 'name' ? at : canonical(at),
  port: on,
})

/** A message, how it is read, and what is to come out. */
interface Sample {
  readonly bytes: Buffer
  readonly read: (bytes: Buffer) => codec.Read<object>
  readonly means: object
}

const sample: Arbitrary<Sample> = oneof(
  array(integer({ min: 0, max: 255 }), { maxLength: 255 }).map((methods) => ({
    bytes: codec.writeGreeting(methods),
    read: codec.readGreeting,
    means: { methods: Buffer.from(methods) },
  })),
  integer({ min: 0, max: 255 }).map((method) => ({
    bytes: codec.writeMethod(method),
    read: codec.readMethod,
    means: { method },
  })),
  tuple(text, text).map(([username, password]) => ({
    bytes: codec.writeCredentials(username, password),
    read: codec.readCredentials,
    means: { username, password },
  })),
  integer({ min: 0, max: 255 }).map((status) => ({
    bytes: codec.writeStatus(status),
    read: codec.readStatus,
    means: { status },
  })),
  tuple(constantFrom(1, 2, 3), host, port).map(([command, at, on]) => ({
    bytes: codec.writeRequest(command, at, on),
    read: codec.readRequest,
    means: { command, target: targetOf(at, on) },
  })),
  tuple(host, port).map(([at, on]) => ({
    bytes: codec.writeReply(codec.REPLY.open, { address: at, port: on }),
    read: codec.readReply,
    means: { code: 0, bound: targetOf(at, on) },
  })),
)

test('every message -> read as it was written, whatever comes behind; every part of it -> more is awaited', () => {
  assert(
    property(sample, data, ({ bytes, read, means }, behind) => {
      expect(read(Buffer.concat([bytes, behind]))).toEqual({ ...means, end: bytes.length })
      for (let cut = 0; cut < bytes.length; cut += 1) expect(read(bytes.subarray(0, cut))).toBe('more')
    }),
  )
})

test('a datagram -> read as it was written; cut short in its header, or a fragment -> dropped', () => {
  assert(
    property(address, port, data, (at, on, body) => {
      const bytes = codec.writeDatagram({ address: at, port: on }, body)
      expect(codec.readDatagram(bytes)).toEqual({ target: targetOf(at, on), data: Buffer.from(body) })
      for (let cut = 0; cut < bytes.length - body.length; cut += 1)
        expect(codec.readDatagram(bytes.subarray(0, cut))).toBeNull()
      bytes[2] = 1
      expect(codec.readDatagram(bytes)).toBeNull()
    }),
  )
})

test('bytes of any kind -> something that was read, more, or malformed; nothing is thrown, and nothing is read beyond the end', () => {
  const { readGreeting, readMethod, readCredentials, readStatus, readRequest, readReply } = codec
  const start = constantFrom(
    [],
    [5],
    [1],
    [5, 0],
    [5, 0, 0, 1],
    [5, 0, 0, 3],
    [5, 0, 0, 4],
    [5, 1, 0, 3, 255],
  )
  assert(
    property(start, uint8Array({ maxLength: 300 }), (first, rest) => {
      const bytes = Buffer.from([...first, ...rest])
      for (const read of [readGreeting, readMethod, readCredentials, readStatus, readRequest, readReply]) {
        const result = read(bytes)
        if (typeof result === 'string') expect(result).toMatch(/^(?:more|malformed)$/)
        else expect(result.end).toBeLessThanOrEqual(bytes.length)
      }
      codec.readDatagram(bytes)
    }),
  )
})

describe('as the RFCs have it', () => {
  test.each([
    ['no authentication is offered', codec.writeGreeting([0]), '050100'],
    ['a password is offered too', codec.writeGreeting([0, 2]), '05020002'],
    ['the method is chosen', codec.writeMethod(2), '0502'],
    ['credentials', codec.writeCredentials('fred', 'pw'), '010466726564027077'],
    ['they are taken', codec.writeStatus(0), '0100'],
    ['CONNECT to IPv4', codec.writeRequest(1, '192.0.2.1', 443), '05010001c000020101bb'],
    ['CONNECT to a name', codec.writeRequest(1, 'ok.ru', 80), '05010003056f6b2e72750050'],
    [
      'CONNECT to IPv6',
      codec.writeRequest(1, '2001:db8::1', 53),
      '0501000420010db80000000000000000000000010035',
    ],
    ['UDP ASSOCIATE', codec.writeRequest(3, '0.0.0.0', 0), '05030001000000000000'],
    ['refused', codec.writeReply(codec.REPLY.refused), '05050001000000000000'],
    [
      'a datagram',
      codec.writeDatagram({ address: '192.0.2.1', port: 53 }, Buffer.from('hi')),
      '00000001c000020100356869',
    ],
  ])('%s', (_name, bytes, hex) => {
    expect(bytes.toString('hex')).toBe(hex)
  })

  test('a refusal is known by its second byte', () => {
    expect(codec.readReply(Buffer.from([5, 5]))).toMatchObject({ code: 5, bound: null })
  })

  test('a reply with an empty name, as some proxies send it -> read; a request with one -> malformed', () => {
    expect(codec.readReply(Buffer.from([5, 0, 0, 3, 0, 0, 80]))).toMatchObject({ bound: { host: '' } })
    expect(codec.readRequest(Buffer.from([5, 1, 0, 3, 0, 0, 80]))).toBe('malformed')
  })
})
