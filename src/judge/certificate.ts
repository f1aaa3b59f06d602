/** A certificate that does not check out: whose is it, and what does the control say? */
import { controlReached, type ControlFacts } from './control.ts'
import type { Fault } from './reach.ts'

export interface CertificateEvidence {
  readonly problem: 'ssl_unknown_authority' | 'ssl_invalid_hostname' | 'ssl_invalid_certificate'
  /** it is for other names than the one asked for */
  readonly otherName: boolean
  /** the name checks out for the control */
  readonly controlVerifies: boolean
  /** the control meets a bad certificate too: the site's own doing */
  readonly controlAgrees: boolean
}

/** `null` when the handshake failed otherwise, or did not fail. */
export function certificateEvidence(
  fault: Fault | null,
  facts: ControlFacts | null,
): CertificateEvidence | null {
  const tls = fault?.layer === 'tls' ? (fault.record?.tls ?? null) : null
  if (tls === null || !isProblem(tls.failure) || refusalOf(fault) !== null) return null
  const suffix = ` ${tls.serverName.toLowerCase()}`
  const seen = Object.entries(facts?.tls ?? {}).flatMap(([key, failed]) =>
    key.endsWith(suffix) ? [failed] : [],
  )
  const covered = tls.certificate?.names.some((name) => covers(name, tls.serverName)) ?? null
  return {
    problem: tls.failure,
    otherName: tls.failure === 'ssl_invalid_hostname' || covered === false,
    controlVerifies: seen.includes(null) || (seen.length === 0 && controlReached(facts)),
    controlAgrees: seen.length > 0 && seen.every(isProblem),
  }
}

/**
 * What came in place of a handshake. Alert 112 (no such name) is told in the words of a certificate for another name, and without
 * one; records of before its number was kept show it so.
 */
export function refusalOf(fault: Fault | null): 'alert' | 'not-tls' | null {
  const tls = fault?.layer === 'tls' ? (fault.record?.tls ?? null) : null
  if (tls === null) return null
  if (tls.refused !== undefined) return tls.refused === 'not-tls' ? 'not-tls' : 'alert'
  const isNoSuchName =
    tls.failure === 'ssl_invalid_hostname' && tls.certificate === null && tls.verified === null
  return isNoSuchName ? 'alert' : null
}

function isProblem(failure: string | null): failure is CertificateEvidence['problem'] {
  return (
    failure === 'ssl_unknown_authority' ||
    failure === 'ssl_invalid_hostname' ||
    failure === 'ssl_invalid_certificate'
  )
}

/** A wildcard stands for one label, the leftmost. @see RFC 9525 */
function covers(pattern: string, name: string): boolean {
  const [want, have] = [pattern.toLowerCase(), name.toLowerCase()]
  if (!want.startsWith('*.')) return want === have
  const dot = have.indexOf('.')
  return dot > 0 && have.slice(dot) === want.slice(1)
}
