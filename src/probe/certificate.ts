/** What a certificate says, and the chain it came with. */
import type { X509Certificate } from 'node:crypto'
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

/** Base64 DER, leaf first: what was presented as far as it links up, and the root where our own store knows it. */
export function chainOf(leaf: X509Certificate): string[] {
  const chain: string[] = []
  let link: X509Certificate | undefined = leaf
  while (link !== undefined && chain.length < MAX_CHAIN) {
    chain.push(link.raw.toString('base64'))
    link = link.issuerCertificate
  }
  return chain
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
