/**
 * Does the certificate of a QUIC handshake check out? What OpenSSL does over TCP is not to be had without one of its connections, so
 * the chain is climbed here: each link issued and signed by the next, all in their time, up to a root that is trusted.
 */
import { constants, verify, X509Certificate } from 'node:crypto'
import tls from 'node:tls'
import type { Failure } from '../../model/failure.ts'

const MAX_LINKS = 8
const CONTEXT = Buffer.from(`${' '.repeat(64)}TLS 1.3, server CertificateVerify\0`, 'latin1')

/** Hash and padding by the code a server names its signature with. @see RFC 8446 4.2.3 */
const SIGNATURES: Readonly<Record<number, readonly [hash: string | null, isPss: boolean]>> = {
  0x0403: ['sha256', false],
  0x0503: ['sha384', false],
  0x0603: ['sha512', false],
  0x0804: ['sha256', true],
  0x0805: ['sha384', true],
  0x0806: ['sha512', true],
  0x0807: [null, false],
}

/** Roots as text by their subject: read as certificates only when a chain ends there. */
const roots = new Map<string, Map<string, string[]>>()

/** Whether the server holds the key of its certificate. @param transcript hash of every message before the signature */
export function isSignedBy(
  leaf: X509Certificate,
  algorithm: number,
  signature: Buffer,
  transcript: Buffer,
): boolean {
  const known = SIGNATURES[algorithm]
  if (known === undefined) return false
  const [hash, isPss] = known
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  try {
    const signed = Buffer.concat([CONTEXT, transcript])
    return verify(hash, signed, { key: leaf.publicKey, ...(isPss ? pss : {}) }, signature)
  } catch {
    return false // a key of another kind than the signature
  }
}

/**
 * Why a chain is not one for a name; `null` when it is.
 *
 * @param chain as sent: leaf first, the rest in any order
 * @param extraCa PEM, besides the bundled roots
 * @param now Unix ms
 */
export function chainFailure(
  chain: readonly X509Certificate[],
  serverName: string,
  extraCa: readonly string[],
  now: number,
): Failure | null {
  const [leaf, ...others] = chain
  if (leaf === undefined) return 'ssl_failed_handshake'
  if (leaf.checkHost(serverName) === undefined) return 'ssl_invalid_hostname'
  let link = leaf
  for (let links = 0; links < MAX_LINKS; links += 1) {
    if (now < link.validFromDate.getTime() || now > link.validToDate.getTime())
      return 'ssl_invalid_certificate'
    if (rootsFor(link.issuer, extraCa).some((root) => isIssuedBy(link, root))) return null
    const issuer = others.find((other) => other.ca && other !== link && isIssuedBy(link, other))
    if (issuer === undefined) return 'ssl_unknown_authority'
    link = issuer
  }
  return 'ssl_unknown_authority'
}

function isIssuedBy(link: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return link.checkIssued(issuer) && link.verify(issuer.publicKey)
  } catch {
    return false // a key of a kind nobody here knows
  }
}

function rootsFor(subject: string, extraCa: readonly string[]): X509Certificate[] {
  const key = extraCa.join('\n')
  let trusted = roots.get(key)
  if (trusted === undefined) {
    trusted = Map.groupBy([...tls.rootCertificates, ...extraCa], (pem) => new X509Certificate(pem).subject)
    roots.clear()
    roots.set(key, trusted)
  }
  return (trusted.get(subject) ?? []).map((pem) => new X509Certificate(pem))
}
