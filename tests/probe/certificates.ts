/** Certificates for the tests, expired ones too: a small authority over the lab's DER. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import net from 'node:net'
import * as der from '../../src/lab/der.ts'

const DAY_MS = 86_400_000
const ECDSA_WITH_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'))

export interface Identity {
  readonly key: string
  readonly cert: string
}

export interface Ca {
  readonly pem: string
  /** a leaf for these names, the first of which is the subject */
  issue(names: readonly string[], options?: { readonly notAfterAt?: number }): Identity
}

export function makeCa(commonName = 'Test Root'): Ca {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = nameOf(commonName)
  const authority = [
    extension('2.5.29.19', der.sequence(der.boolean(true))),
    extension('2.5.29.15', der.bits(Buffer.from([0x06]), 1)),
  ]
  const make = (subject: Buffer, publicKey: KeyObject, notAfterAt: number, extensions: Buffer[]) => {
    const body = der.sequence(
      der.explicit(0, der.integer(Buffer.from([2]))),
      der.integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
      ECDSA_WITH_SHA256,
      issuer,
      der.sequence(der.utcTime(Date.now() - 30 * DAY_MS), der.utcTime(notAfterAt)),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      der.explicit(3, der.sequence(...extensions)),
    )
    const signed = der.sequence(body, ECDSA_WITH_SHA256, der.bits(sign('sha256', body, keys.privateKey)))
    const lines = signed
      .toString('base64')
      .replaceAll(/(.{64})/g, '$1\n')
      .trimEnd()
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
  }
  return {
    pem: make(issuer, keys.publicKey, Date.now() + 30 * DAY_MS, authority),
    issue(names, options = {}) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const alternatives = extension('2.5.29.17', der.sequence(...names.map(alternative)))
      return {
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
        cert: make(nameOf(names[0]!), own.publicKey, options.notAfterAt ?? Date.now() + 30 * DAY_MS, [
          alternatives,
        ]),
      }
    },
  }
}

function alternative(name: string): Buffer {
  // [7] iPAddress, [2] dNSName, both implicit
  const content = net.isIPv4(name) ? Buffer.from(name.split('.').map(Number)) : Buffer.from(name, 'latin1')
  return Buffer.concat([Buffer.from([net.isIPv4(name) ? 0x87 : 0x82, content.length]), content])
}

function extension(id: string, value: Buffer): Buffer {
  return der.sequence(der.oid(id), der.octets(value))
}

function nameOf(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.text(commonName))))
}
