/**
 * A private certificate authority that lives as long as the lab: ECDSA P-256, keys in memory only. As on the web, an authority in
 * between signs, and a server's certificates do not fit into one packet.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { DAY_MS } from '../model/time.ts'
import * as der from './der.ts'

const ECDSA_WITH_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'))

/** A certificate authority and the leaves it has signed. */
export interface Authority {
  /** its own certificate, PEM: whoever trusts it trusts every honest site of the lab */
  readonly pem: string
  /** A leaf for these names; the first is the subject. Made once, then kept. `expired`: one whose time was up a month ago. */
  identityFor(names: readonly string[], time?: Validity): Identity
}

export type Validity = 'valid' | 'expired'

/** What a TLS server needs to pass for a name. */
export interface Identity {
  /** PEM, the leaf and the authority in between that signed it */
  readonly cert: string
  readonly key: string
  readonly context: SecureContext
}

/** Makes an authority with fresh keys. `commonName`, of the one that signs, tells authorities apart; nothing leaves memory. */
export function createAuthority(commonName: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = nameOf(`${commonName} Root`)
  const root = { issuer: subject, signer: keys.privateKey, names: null, time: 'valid' } as const
  const pem = certify({ ...root, subject, publicKey: keys.publicKey })
  const issuingKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = nameOf(commonName)
  const issuing = certify({ ...root, subject: issuer, publicKey: issuingKeys.publicKey })
  const identities = new Map<string, Identity>()
  return {
    pem,
    identityFor(names, time = 'valid') {
      const id = [time, ...names].join(' ')
      const known = identities.get(id)
      if (known) return known
      const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const certificate = certify({
        issuer,
        subject: nameOf(names[0] ?? 'unnamed'),
        publicKey: leaf.publicKey,
        signer: issuingKeys.privateKey,
        names,
        time,
      })
      const cert = certificate + issuing
      const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
      const identity = { cert, key, context: createSecureContext({ cert, key }) }
      identities.set(id, identity)
      return identity
    },
  }
}

interface Certificate {
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  /** what a leaf is for; `null` makes an authority */
  readonly names: readonly string[] | null
  readonly time: Validity
}

/** X.509 version 3, RFC 5280, valid from yesterday for a year, or for the year that ended a month ago. */
function certify({ issuer, subject, publicKey, signer, names, time }: Certificate): string {
  const from = Date.now() - (time === 'valid' ? 1 : 395) * DAY_MS
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)])
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(serial),
    ECDSA_WITH_SHA256,
    issuer,
    der.sequence(der.utcTime(from), der.utcTime(from + (time === 'valid' ? 366 : 365) * DAY_MS)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...(names ? leafExtensions(names) : authorityExtensions()))),
  )
  const signed = der.sequence(body, ECDSA_WITH_SHA256, der.bits(sign('sha256', body, signer)))
  const lines = signed
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n')
    .trimEnd()
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

function authorityExtensions(): Buffer[] {
  return [
    extension('2.5.29.19', true, der.sequence(der.boolean(true))),
    extension('2.5.29.15', true, der.bits(Buffer.from([0x06]), 1)), // keyCertSign, cRLSign
  ]
}

function leafExtensions(names: readonly string[]): Buffer[] {
  return [
    extension('2.5.29.19', true, der.sequence()),
    extension('2.5.29.15', true, der.bits(Buffer.from([0x80]), 7)), // digitalSignature
    extension('2.5.29.37', false, der.sequence(der.oid('1.3.6.1.5.5.7.3.1'))), // serverAuth
    extension('2.5.29.17', false, der.sequence(...names.map(alternativeName))),
    extension('1.3.6.1.4.1.11129.2.4.2', false, der.octets(randomBytes(TIMESTAMPS_BYTES))),
  ]
}

/** Room for what three logs would have signed; no log knows of this leaf. @see RFC 6962 3.3 */
const TIMESTAMPS_BYTES = 363

function alternativeName(name: string): Buffer {
  if (isIP(name) === 4) return der.implicit(7, Buffer.from(name.split('.').map(Number)))
  return der.implicit(2, Buffer.from(name, 'latin1'))
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octets(value))
}

function nameOf(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.text(commonName))))
}
