import { randomBytes } from 'node:crypto'
import { array, assert, boolean, integer, nat, property, tuple, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import { QuicClient } from '../../src/probe/quic/client.ts'
import { ack, crypto, framesIn, openStream } from '../../src/probe/quic/frames.ts'
import { initialSecrets, packetKeys } from '../../src/probe/quic/keys.ts'
import { openPacket, overheadOf, packetsIn, sealPacket } from '../../src/probe/quic/packet.ts'
import { readVarint, varint } from '../../src/probe/quic/varint.ts'

const hex = (bytes: Buffer) => bytes.toString('hex')

test('the connection id of RFC 9001 appendix A -> its keys', () => {
  const { client, server } = initialSecrets(Buffer.from('8394c8f03e515708', 'hex'))
  expect(hex(client)).toBe('c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea')
  expect(hex(server)).toBe('3c199828fd139efd216c155ad844cc81fb82fa8d7446fa7d78be803acdda951b')
  const keys = packetKeys(client)
  expect([keys.key, keys.iv, keys.mask].map(hex)).toEqual([
    '1f369613dd76d5467730efcbe3b1a22d',
    'fa044b2f42a3fd3b46fb255c',
    '9f50449e04a0e810283a1e9933adedd2',
  ])
})

const keys = packetKeys(initialSecrets(Buffer.alloc(8)).client)
const about = { destination: Buffer.alloc(8, 1), source: Buffer.alloc(8, 2), token: Buffer.from('token') }

test.each(['initial', 'handshake'] as const)(
  'a sealed %s -> opens to the same, as long as was said',
  (type) => {
    assert(
      property(uint8Array({ minLength: 4, maxLength: 1_100 }), nat(0xffff), (bytes, number) => {
        const payload = Buffer.from(bytes)
        const sealed = sealPacket({ ...about, type, number, payload }, keys)
        expect(sealed.length).toBe(payload.length + overheadOf({ ...about, type }))
        const [packet] = packetsIn(sealed)
        expect(packet).toMatchObject({ type, destination: about.destination, source: about.source })
        expect(openPacket(packet!, keys)).toEqual({ number, payload })
      }),
    )
  },
)

test('any bit changed -> does not open, or is no packet', () => {
  const sealed = sealPacket({ ...about, type: 'initial', number: 7, payload: Buffer.from('frames') }, keys)
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    const opened = packetsIn(changed)
      .filter(({ type }) => type === 'initial' || type === 'handshake')
      .map((packet) => openPacket(packet, keys))
    expect(opened.every((each) => each === null)).toBe(true)
  }
})

test('several packets in one datagram -> all of them, up to what makes no sense', () => {
  const one = sealPacket({ ...about, type: 'initial', number: 0, payload: Buffer.from('first') }, keys)
  const two = sealPacket({ ...about, type: 'handshake', number: 0, payload: Buffer.from('second') }, keys)
  const found = packetsIn(Buffer.concat([one, two, Buffer.from([0x40, 1, 2, 3])]))
  expect(found.map(({ type }) => type)).toEqual(['initial', 'handshake'])
})

test.each([0, 1, 63, 64, 16_383, 16_384, 1_073_741_823])('the number %d -> the same again', (value) => {
  const bytes = varint(value)
  expect(readVarint(bytes, 0)).toEqual({ value, end: bytes.length })
})

test('an eight-byte number -> read; one beyond what a number holds, or cut short -> a RangeError', () => {
  expect(readVarint(Buffer.from('c00000002a0b0c0d', 'hex'), 0)).toEqual({ value: 705_367_053, end: 8 })
  for (const bytes of ['c2197c5eff14e88c', 'c2197c', '40', ''])
    expect(() => readVarint(Buffer.from(bytes, 'hex'), 0)).toThrow(RangeError)
})

test('an ACK says which packets came, with the gaps between', () => {
  expect(hex(ack(new Set([0, 1, 2])))).toBe('0202000002')
  expect(hex(ack(new Set([0, 1, 4, 7, 8])))).toBe('020800020101000101')
  expect(ack(new Set())).toEqual(Buffer.alloc(0))
})

test('frames -> those that matter, past ACK, PING and PADDING; nothing after what has no place here', () => {
  const payload = Buffer.concat([ack(new Set([0, 3])), Buffer.from([0, 0, 1]), crypto(Buffer.from('hello'))])
  expect(framesIn(payload)).toEqual([{ kind: 'ping' }, { kind: 'crypto', at: 0, data: Buffer.from('hello') }])
  expect(framesIn(Buffer.concat([Buffer.from([0x08, 0, 1]), payload]))).toEqual([])
  expect(framesIn(Buffer.from([0x1c, 0x41, 0x30, 0, 0]))).toEqual([
    { kind: 'close', isApp: false, code: 0x130 },
  ])
})

test('a stream in any pieces, any order, twice over -> whole', () => {
  const text = randomBytes(300)
  const cuts = array(tuple(nat(299), integer({ min: 1, max: 80 })), { maxLength: 30 })
  assert(
    property(cuts, (pieces) => {
      const stream = openStream(1_000)
      for (const [at, length] of pieces) stream.take(at, text.subarray(at, at + length))
      expect(stream.whole.equals(text.subarray(0, stream.whole.length))).toBe(true)
      for (let at = 280; at >= 0; at -= 20) stream.take(at, text.subarray(at, at + 20))
      expect(stream.whole.equals(text)).toBe(true)
    }),
  )
})

test('bytes beyond what is kept -> left out', () => {
  const stream = openStream(10)
  stream.take(5, Buffer.alloc(6))
  stream.take(0, Buffer.alloc(10, 1))
  expect(stream.whole).toEqual(Buffer.alloc(10, 1))
})

test('a server that sends every other packet number, without end -> answered in packets of the usual size, and not for ever', () => {
  const client = new QuicClient('site.example')
  const [hello] = packetsIn(client.again()[0]!)
  const server = packetKeys(initialSecrets(hello!.destination).server)
  const sizes: number[] = []
  for (let n = 0; n < 1_000; n += 1) {
    const payload = Buffer.from([1, 0, 0, 0])
    const packet = { type: 'initial', destination: hello!.source, source: Buffer.alloc(8, 9) } as const
    const said = client.receive(
      sealPacket({ ...packet, token: Buffer.alloc(0), number: n * 2, payload }, server),
    )
    sizes.push(...said.map(({ length }) => length))
  }
  expect(Math.max(...sizes)).toBe(1_200)
  expect(sizes.length).toBeLessThanOrEqual(300)
  expect(client.state.at).toBe('under way')
})

test('whatever a client hears, sealed with keys anybody can derive or not at all -> never an error', () => {
  assert(
    property(uint8Array({ minLength: 4, maxLength: 400 }), boolean(), (bytes, isSealed) => {
      const client = new QuicClient('site.example')
      const [hello] = packetsIn(client.again()[0]!)
      const server = packetKeys(initialSecrets(hello!.destination).server)
      const forged = {
        type: 'initial',
        destination: hello!.source,
        source: Buffer.alloc(8, 9),
        token: Buffer.alloc(0),
        number: 0,
      } as const
      const payload = Buffer.concat([
        crypto(Buffer.concat([Buffer.from([2, 0, 0, bytes.length & 0xff]), bytes])),
      ])
      client.receive(isSealed ? sealPacket({ ...forged, payload }, server) : Buffer.from(bytes))
      client.again()
      expect(client.state.at).not.toBe('completed')
    }),
  )
})
