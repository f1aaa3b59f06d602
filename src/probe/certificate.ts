/**
 * What was presented in a handshake, and what a certificate says.
 *
 * Read by `getPeerCertificate`. `getPeerX509Certificate` would give the same with less work, but as of Node 24.21 it never lets go
 * of what it read where more than one certificate was presented: some 4 KiB a handshake, for as long as the process lives.
 */
import { X509Certificate } from 'node:crypto'
import tls from 'node:tls'
import type { CertificateFacts } from '../model/measurement.ts'

const MAX_NAMES = 100
const MAX_CHAIN = 10
const MAX_TEXT = 500
const MAX_KNOWN = 256

/** Facts by fingerprint: the same few hundred certificates come by every round. Oldest out first. */
const known = new Map<string, CertificateFacts>()

/** Facts about the leaf that was presented. */
export function certificateOf(leaf: X509Certificate): CertificateFacts {
  const fingerprint = leaf.fingerprint256
  let facts = known.get(fingerprint)
  if (facts === undefined) {
    facts = read(leaf, fingerprint)
    if (known.size >= MAX_KNOWN) known.delete(known.keys().next().value!)
    known.set(fingerprint, facts)
  }
  return facts
}

/** The certificate of the server itself; `null` when it presented none. */
export function leafOf(socket: tls.TLSSocket): X509Certificate | null {
  const { raw } = presented(socket, false)
  return raw === undefined ? null : new X509Certificate(raw)
}

/** Base64 DER, leaf first: what was presented as far as it links up, and the root where our own store knows it. */
export function chainOf(socket: tls.TLSSocket): string[] {
  const chain = new Set<string>()
  let link: Partial<tls.DetailedPeerCertificate> | undefined = presented(socket, true)
  while (link?.raw !== undefined && chain.size < MAX_CHAIN) {
    const der = link.raw.toString('base64')
    if (chain.has(der)) break // the last one is its own issuer
    chain.add(der)
    link = link.issuerCertificate
  }
  return [...chain]
}

/** As Node reads it, whatever shakeHands made of the socket's own method. @returns an empty object when there is none */
function presented(socket: tls.TLSSocket, detailed: boolean): Partial<tls.DetailedPeerCertificate> {
  return tls.TLSSocket.prototype.getPeerCertificate.call(socket, detailed)
}

function read(leaf: X509Certificate, fingerprint: string): CertificateFacts {
  return {
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    names: namesOf(leaf.subjectAltName ?? ''),
    sha256: fingerprint.replaceAll(':', '').toLowerCase(),
    notBeforeAt: leaf.validFromDate.getTime(),
    notAfterAt: leaf.validToDate.getTime(),
  }
}

/** Node gives `DNS:a, IP Address:1.2.3.4`; names with odd characters come quoted, and are kept so. */
function namesOf(subjectAltName: string): string[] {
  return subjectAltName
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1]?.slice(0, MAX_TEXT) ?? [])
    .slice(0, MAX_NAMES)
}

function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ').slice(0, MAX_TEXT)
}
