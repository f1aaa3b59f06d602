/** certificate: what a recorded certificate says, read only where verification failed. */
import { X509Certificate } from 'node:crypto'
import type { CertificateFacts } from '../model/measurement.ts'
import { type Json, numberOf, objectOf, textOf, textsOf } from './json.ts'

const MOST_NAMES = 100
const MOST_CERTIFICATES = 10

/** `peer_certificates`, base64 DER, leaf first. */
export function chainOf(handshake: Json): string[] {
  const listed: unknown = handshake['peer_certificates']
  if (!Array.isArray(listed)) return []
  return listed.slice(0, MOST_CERTIFICATES).flatMap((each: unknown) => textOf(objectOf(each)['data']) ?? [])
}

/** `null` when it cannot be read: nobody vouches for what is recorded. */
export function certificateOf(base64: string): CertificateFacts | null {
  let leaf: X509Certificate
  try {
    leaf = new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return null
  }
  const names = (leaf.subjectAltName ?? '').split(', ').flatMap((name) => {
    const value = /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1]
    return value === undefined ? [] : [value]
  })
  return {
    subject: leaf.subject ?? '',
    issuer: leaf.issuer,
    names: names.slice(0, MOST_NAMES),
    sha256: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    notBeforeAt: leaf.validFromDate.getTime(),
    notAfterAt: leaf.validToDate.getTime(),
  }
}

/** What our own exports say of a certificate they do not hold. */
export function certificateSaid(value: unknown): CertificateFacts | null {
  const said = objectOf(value)
  const sha256 = textOf(said['sha256'])
  if (sha256 === null) return null
  return {
    subject: textOf(said['subject']) ?? '',
    issuer: textOf(said['issuer']) ?? '',
    names: textsOf(said['names']).slice(0, MOST_NAMES),
    sha256,
    notBeforeAt: numberOf(said['notBeforeAt']) ?? 0,
    notAfterAt: numberOf(said['notAfterAt']) ?? 0,
  }
}
