/**
 * What one measurement says of HTTP/3, beside the verdict and without a say in it.
 *
 * offered? -> tried? -> answered? -> does the control's work? -> the neutral name, and where datagrams pass at all
 *
 * A lossy path loses QUIC too: one look proves nothing, and detect/ shows a failure only after several.
 */
import { http3Port } from '../model/alt-svc.ts'
import type { HttpObservation, Measurement, QuicObservation } from '../model/measurement.ts'
import { isQuicAnswer, type QuicVerdict } from '../model/quic.ts'
import { isFinalStatus } from './endpoints.ts'
import { hostOf } from './site.ts'

/**
 * @param controls the same endpoint from controls that are well; without one whose HTTP/3 works no failure is told
 * @returns `null` when the measurement has no bearing on it: unfit, or by a plan that does not look
 */
export function judgeQuic(measurement: Measurement, controls: readonly Measurement[]): QuicVerdict | null {
  if (measurement.plan !== 'full' || measurement.unfit !== null) return null
  const page = finalPage(measurement)
  if (page === null)
    return insufficient('The page was not reached over TCP, so it is not known whether HTTP/3 is offered.')
  if (page.url.startsWith('http:'))
    return {
      standing: 'not_offered',
      because: 'The page came without encryption, where no offer of HTTP/3 counts.',
    }
  if (http3Port(page.headers, hostOf(page.url) ?? '') === null)
    return { standing: 'not_offered', because: 'The site does not say that it speaks HTTP/3.' }
  const seen = triesOf(measurement)
  if (seen.target === null)
    return insufficient(
      'HTTP/3 is offered and could not be tried: no QUIC library here, or no datagrams on this way out.',
    )
  if (seen.target.failure === null)
    return { standing: 'ok', because: 'HTTP/3 works: the QUIC handshake was completed.' }
  if (isQuicAnswer(seen.target.failure))
    return insufficient('QUIC is answered, but the handshake is not one that a browser would accept.')
  return unanswered(seen, controls.filter(({ unfit }) => unfit === null).map(triesOf))
}

/** Whether this look needs the control's word: it failed, and fails or not elsewhere. */
export function needsControl(measurement: Measurement): boolean {
  const { target } = triesOf(measurement)
  return measurement.unfit === null && target !== null && !isQuicAnswer(target.failure)
}

/** What the target's failure means, with what else was tried. */
function unanswered(seen: Tries, controls: readonly Tries[]): QuicVerdict {
  const works = controls.filter(({ target }) => target?.failure === null)
  if (works.length === 0)
    return insufficient('QUIC is not answered here, and no control is known for which it works.')
  if (answers(seen.neutral))
    return {
      standing: 'sni',
      because:
        'QUIC is answered at the address for a neutral name and not for this one, while the control gets through; TCP works.',
    }
  if (!answers(seen.reference))
    return insufficient(
      'QUIC is not answered here, nor is it known to be by anybody: this line may carry no UDP at all.',
    )
  if (!works.some(({ neutral }) => answers(neutral)))
    return insufficient(
      'QUIC is not answered here; whether for the name or the address cannot be told, since the server answers no other name.',
    )
  return {
    standing: 'drop',
    because:
      'QUIC to the address is not answered, whatever the name, while it is elsewhere and for the control; TCP works.',
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
function finalPage({ observations }: Measurement): HttpObservation | null {
  const deepest = Math.max(0, ...observations.map((seen) => seen.depth))
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

function insufficient(because: string): QuicVerdict {
  return { standing: 'insufficient', because }
}
