/**
 * What one measurement says of HTTP/3, beside the verdict and without a say in it.
 *
 * A lossy path loses QUIC too: one measurement proves nothing, and detect/ shows a failure only after several.
 */
import { http3Port } from '../model/alt-svc.ts'
import type { HttpObservation, Measurement, QuicObservation } from '../model/measurement.ts'
import { isQuicAnswer, type QuicVerdict } from '../model/quic.ts'
import { isFinalStatus } from './endpoints.ts'
import { lookupsOf } from './lookups.ts'
import { hostIn } from '../net/endpoint.ts'

/**
 * @param controls the same endpoint from controls that are well; without one whose HTTP/3 works no failure is told
 * @returns `null` when the measurement has no bearing on it: unfit, or by a plan that does not look
 */
export function judgeQuic(measurement: Measurement, controls: readonly Measurement[]): QuicVerdict | null {
  if (measurement.plan !== 'full' || measurement.unfit !== null) return null
  const page = finalPage(measurement)
  const seen = triesOf(measurement)
  const record = recordAt(measurement, page?.depth ?? deepestOf(measurement))
  const inDns = record === 'offers'
  if (page === null && seen.target === null)
    return insufficient(
      inDns
        ? 'The page was not reached over TCP, and HTTP/3, which the HTTPS record offers, was not tried without it.'
        : 'The page was not reached over TCP, so it is not known whether HTTP/3 is offered.',
    )
  if (page?.url.startsWith('http:'))
    return {
      standing: 'not_offered',
      because: 'The page came without encryption, where an offer of HTTP/3 does not count.',
    }
  if (page !== null && !inDns && http3Port(page.headers, hostIn(page.url) ?? '') === null)
    return record === 'unanswered'
      ? insufficient('The page does not offer HTTP/3; the query for its HTTPS record was not answered.')
      : { standing: 'not_offered', because: 'The site does not advertise HTTP/3.' }
  if (seen.target === null)
    return insufficient(
      'HTTP/3 is offered but could not be tried: no UDP from this vantage point, no literal address, or no time.',
    )
  if (seen.target.failure === null)
    return {
      standing: 'ok',
      because:
        page === null
          ? 'HTTP/3 works, though no page came over TCP: the QUIC handshake was completed.'
          : 'HTTP/3 works: the QUIC handshake was completed.',
    }
  if (isQuicAnswer(seen.target.failure))
    return insufficient('QUIC is answered, but the handshake is not one that a browser would accept.')
  const others = controls.filter(({ unfit }) => unfit === null).map(triesOf)
  return unanswered(seen, others, page !== null)
}

/** Whether this measurement needs the control's word: it failed, and fails or not elsewhere. */
export function needsControl(measurement: Measurement): boolean {
  const { target } = triesOf(measurement)
  return measurement.unfit === null && target !== null && !isQuicAnswer(target.failure)
}

/** What the target's failure means, with what else was tried. @param overTcp whether a page came from the same address */
function unanswered(seen: Tries, controls: readonly Tries[], overTcp: boolean): QuicVerdict {
  const works = controls.filter(({ target }) => target?.failure === null)
  if (works.length === 0)
    return insufficient('QUIC is not answered here, and it is not known to work for any control.')
  if (answers(seen.neutral))
    return {
      standing: 'sni',
      because: `QUIC is answered at the address for a neutral name and not for this one, while the control gets through; ${
        overTcp ? 'TCP works' : 'nor does a page come over TCP'
      }.`,
    }
  if (!overTcp)
    return insufficient(
      'Neither a page over TCP nor QUIC for any name comes from the address: it cannot be determined whether QUIC itself is blocked.',
    )
  if (!answers(seen.reference))
    return insufficient(
      'QUIC is not answered here, and no other server is known to answer it: this line may not carry UDP at all.',
    )
  if (!works.some(({ neutral }) => answers(neutral)))
    return insufficient(
      'QUIC is not answered here; it cannot be determined whether because of the name or the address, since the server answers no other name.',
    )
  return {
    standing: 'drop',
    because:
      'QUIC to the address is not answered, whatever the name, while it is answered elsewhere and for the control; TCP works.',
  }
}

interface Tries {
  readonly target: QuicObservation | null
  readonly neutral: QuicObservation | null
  readonly reference: QuicObservation | null
}

function triesOf({ observations }: Measurement): Tries {
  const tries = observations.filter((seen) => seen.layer === 'quic')
  const of = (name: QuicObservation['name']) => tries.find((seen) => seen.name === name) ?? null
  return { target: of('target'), neutral: of('neutral'), reference: of('reference') }
}

function answers(seen: QuicObservation | null): boolean {
  return seen !== null && isQuicAnswer(seen.failure)
}

/** The page the way ended at: over verified TLS, which is the proof that TCP to the address works, or in cleartext. */
function finalPage(measurement: Measurement): HttpObservation | null {
  const { observations } = measurement
  const deepest = deepestOf(measurement)
  const pages = observations.filter((seen) => seen.layer === 'http' && seen.depth === deepest)
  return (
    pages.find(
      (seen): seen is HttpObservation =>
        seen.layer === 'http' &&
        (seen.trusted || seen.url.startsWith('http:')) &&
        seen.failure === null &&
        isFinalStatus(seen.status),
    ) ?? null
  )
}

/** What is known of the HTTPS record of the host at one hop. */
function recordAt(measurement: Measurement, depth: number): 'offers' | 'unanswered' | 'none' {
  const trusted = lookupsOf(measurement).filter((seen) => seen.role === 'trusted' && seen.depth === depth)
  if (trusted.some(({ http3Port }) => typeof http3Port === 'number')) return 'offers'
  const isSilent =
    trusted.length > 0 && trusted.every(({ engine, failure }) => engine === 'doh' && failure !== null)
  return isSilent && trusted.every(({ http3Port }) => http3Port === undefined) ? 'unanswered' : 'none'
}

function deepestOf({ observations }: Measurement): number {
  return Math.max(0, ...observations.map((seen) => seen.depth))
}

function insufficient(because: string): QuicVerdict {
  return { standing: 'insufficient', because }
}
