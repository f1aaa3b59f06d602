/**
 * What we say in the TLS 1.3 of a QUIC handshake: ClientHello, and Finished. What the server says is read in quic-messages.ts.
 *
 * @see RFC 8446 4, RFC 9001 4 and 8
 */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { varint } from './varint.ts'

const CLIENT_HELLO = 1
const FINISHED = 20
export const TLS_AES_128_GCM_SHA256 = 0x1301
const TLS_1_3 = 0x0304
export const X25519 = 0x001d
const P256 = 0x0017
/** What certificates of the web are signed with, and what a signature of a handshake may be. */
const SIGNATURES = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0603, 0x0807]
export const EXTENSION = {
  serverName: 0,
  groups: 10,
  signatures: 13,
  alpn: 16,
  versions: 43,
  pskModes: 45,
  keyShare: 51,
  transport: 57,
} as const
const MAX_IDLE_MS = 30_000
const STREAM_BYTES = 65_536
const STREAMS = 100
/** Our key for each group that is offered. */
export type KeyShares = ReadonlyMap<number, KeyObject>

export function newKeyShares(): KeyShares {
  return new Map([
    [X25519, generateKeyPairSync('x25519').privateKey],
    [P256, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ])
}

/**
 * @param random 32 bytes
 * @param source our connection id
 */
export function clientHello(serverName: string, shares: KeyShares, random: Buffer, source: Buffer): Buffer {
  const name = Buffer.from(serverName, 'latin1')
  const publicKeys = [...shares].map(([group, key]) => {
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
    return Buffer.concat([u16(group), sized16(spki.subarray(spki.length - (group === X25519 ? 32 : 65)))])
  })
  const extensions = [
    extension(EXTENSION.serverName, sized16(Buffer.concat([Buffer.from([0]), sized16(name)]))),
    extension(EXTENSION.groups, sized16(u16(...shares.keys()))),
    extension(EXTENSION.signatures, sized16(u16(...SIGNATURES))),
    extension(EXTENSION.alpn, sized16(sized8(Buffer.from('h3')))),
    extension(EXTENSION.versions, sized8(u16(TLS_1_3))),
    extension(EXTENSION.pskModes, Buffer.from([1, 1])),
    extension(EXTENSION.keyShare, sized16(Buffer.concat(publicKeys))),
    extension(EXTENSION.transport, transportParameters(source)),
  ]
  return message(
    CLIENT_HELLO,
    Buffer.concat([
      u16(0x0303),
      random,
      Buffer.from([0]),
      sized16(u16(TLS_AES_128_GCM_SHA256)),
      Buffer.from([1, 0]),
      sized16(Buffer.concat(extensions)),
    ]),
  )
}

/** Finished, the only other message we send. */
export function finished(data: Buffer): Buffer {
  return message(FINISHED, data)
}

/** What we allow the server to send; a handshake needs none of it, and servers expect it. @see RFC 9000 18.2 */
function transportParameters(source: Buffer): Buffer {
  const numbers: [number, number][] = [
    [0x01, MAX_IDLE_MS],
    [0x04, STREAMS * STREAM_BYTES],
    [0x05, STREAM_BYTES],
    [0x06, STREAM_BYTES],
    [0x07, STREAM_BYTES],
    [0x08, STREAMS],
    [0x09, STREAMS],
  ]
  const parts = numbers.map(([id, value]) => {
    const bytes = varint(value)
    return Buffer.concat([varint(id), varint(bytes.length), bytes])
  })
  return Buffer.concat([...parts, varint(0x0f), varint(source.length), source])
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([type, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff]),
    body,
  ])
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([u16(type), sized16(body)])
}

function u16(...values: number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]))
}

function sized8(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([body.length]), body])
}

function sized16(body: Buffer): Buffer {
  return Buffer.concat([u16(body.length), body])
}
