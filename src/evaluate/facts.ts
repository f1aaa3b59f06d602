/**
 * facts: what a measurement saw, in the fewest words, made into a measurement and a control that judge/ itself judges.
 *
 *     layer and failure, and what the control saw ─► observations ─► judge ─► Verdict, remembered: the same facts mean the same
 */
import { judge } from '../judge/judge.ts'
import type { Failure } from '../model/failure.ts'
import type {
  CertificateFacts,
  DnsObservation,
  HttpObservation,
  Layer,
  Measurement,
  Observation,
  TcpObservation,
  TlsObservation,
} from '../model/measurement.ts'
import type { Health } from '../model/vantage.ts'
import type { Verdict } from '../model/verdict.ts'

/** A step that failed; the steps before it went through. Some things do not fail and are wrong all the same. */
export interface Failed {
  readonly layer: Exclude<Layer, 'quic'>
  /**
   * an OONI failure string; or `stranger` (dns: an address nobody else is given, with a bad certificate behind it), `mitm` (tls: a
   * certificate by an unknown authority), `foreign_page` (http: another page, in cleartext)
   */
  readonly failure: string
  /** at an address that only this network is given, and that served well before */
  readonly edge?: true
}

/** What one measurement saw. `control`: `null` = none was asked. */
export interface Facts {
  readonly failed: Failed | null
  /** it went as far as HTTP, or would have */
  readonly http: boolean
  readonly control: 'fine' | 'fails' | null
}

/** Says what facts mean, by the rules of judge/. */
export function createJudge(): (facts: Facts, health: Health) => Verdict {
  const known = new Map<string, Verdict>()
  return ({ failed, http, control }, health) => {
    const key = `${failed?.layer} ${failed?.failure} ${failed?.edge} ${http} ${control} ${health}`
    let verdict = known.get(key)
    if (verdict === undefined) {
      const here = measurementOf(failed, http)
      const there =
        control === null ? [] : [measurementOf(control === 'fails' ? failed : null, true, urlOf(failed))]
      known.set(key, (verdict = judge(here, there, health)))
    }
    return verdict
  }
}

export const HOST = 'www.site.example'
/** Public ones: documentation ranges count as private. They are never dialled. */
export const ADDRESS = '93.184.216.34'
export const FOREIGN_ADDRESS = '185.60.216.35'
const step = { depth: 0, startedMs: 0, durationMs: 20, failure: null } as const

function urlOf(failed: Failed | null): string {
  return failed?.failure === 'foreign_page' ? `http://${HOST}/` : `https://${HOST}/`
}

/** What the prober would have recorded of such a measurement: every step as it would be, only the names made up. */
export function measurementOf(
  failed: Failed | null,
  full: boolean,
  url: string = urlOf(failed),
): Measurement {
  return {
    id: '0196b1a0-0000-7000-8000-000000000000',
    vantage: 'simulated',
    endpoint: 'site/www',
    url,
    plan: full ? 'full' : 'heartbeat',
    purpose: 'round',
    startedAt: 0,
    durationMs: 100,
    loopLagMs: 0,
    unfit: null,
    unfitDetail: null,
    observations: observationsOf(failed, full, url.startsWith('http:')),
    experiments: [],
    control: null,
    ...(failed?.edge === true && { served: [FOREIGN_ADDRESS] }),
  }
}

function observationsOf(failed: Failed | null, full: boolean, plain: boolean): Observation[] {
  const isBogus = failed?.failure === 'stranger'
  const address = isBogus || failed?.edge === true ? FOREIGN_ADDRESS : ADDRESS
  const at = (layer: Layer): Failure | null =>
    failed?.layer === layer && !isBogus && failed.failure !== 'mitm' && failed.failure !== 'foreign_page'
      ? (failed.failure as Failure)
      : null
  const steps: Observation[] = [dns(at('dns'), address)]
  if (at('dns') !== null) return steps
  steps.push(tcp(at('tcp'), address, plain ? 80 : 443))
  if (at('tcp') !== null) return steps
  if (!plain) {
    const bad = isBogus || failed?.failure === 'mitm' ? 'ssl_unknown_authority' : at('tls')
    steps.push(tls(bad, address, isBogus))
    if (bad !== null) return steps
  }
  if (full || failed?.layer === 'http')
    steps.push(page(at('http'), address, plain, failed?.failure === 'foreign_page'))
  return steps
}

function dns(failure: Failure | null, address: string): DnsObservation {
  return {
    ...step,
    layer: 'dns',
    failure,
    host: HOST,
    engine: 'udp',
    resolver: '85.9.128.1:53',
    role: 'vantage',
    queryType: 'A',
    answers: failure === null ? [{ type: 'A', value: address, ttlS: 60, asn: null }] : [],
    late: [],
  }
}

function tcp(failure: Failure | null, address: string, port: number): TcpObservation {
  return { ...step, layer: 'tcp', failure, address, port, source: 'vantage' }
}

function tls(failure: Failure | null, address: string, isStranger: boolean): TlsObservation {
  const isCertificate = failure?.startsWith('ssl_') === true
  return {
    ...step,
    layer: 'tls',
    failure,
    address,
    port: 443,
    source: 'vantage',
    serverName: HOST,
    alpn: failure === null ? 'h2' : null,
    version: failure === null ? 'TLSv1.3' : null,
    cipher: null,
    verified: failure === null ? true : isCertificate ? false : null,
    certificate:
      failure === null || isCertificate ? certificate(isStranger ? 'stranger.example' : HOST) : null,
    chain: [],
  }
}

function certificate(name: string): CertificateFacts {
  return {
    subject: `CN=${name}`,
    issuer: 'CN=authority',
    names: [name],
    sha256: 'ab'.repeat(32),
    notBeforeAt: 0,
    notAfterAt: Number.MAX_SAFE_INTEGER,
  }
}

function page(failure: Failure | null, address: string, plain: boolean, isForeign: boolean): HttpObservation {
  return {
    ...step,
    layer: 'http',
    failure,
    address,
    port: plain ? 80 : 443,
    source: 'vantage',
    url: `${plain ? 'http' : 'https'}://${HOST}/`,
    protocol: 'http/1.1',
    trusted: !plain,
    status: failure === null ? 200 : null,
    headers: failure === null && !isForeign ? [['x-site-version', '7']] : [],
    bodyBytes: failure !== null ? 0 : isForeign ? 900 : 40_000,
    bodyTruncated: false,
    bodySha256: null,
    title: failure !== null ? null : isForeign ? 'Access restricted by order' : 'Wonderful Site News',
    bodyHead: plain && failure === null ? '<html>' : null,
  }
}
