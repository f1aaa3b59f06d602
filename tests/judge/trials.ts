/** Trials for tests: say only what matters; the rest is a vantage on which every name is answered everywhere. */
import type {
  DifferentialExperiment,
  DnsExperiment,
  HttpExperiment,
  ResidualExperiment,
  SetupExperiment,
  TlsExperiment,
} from '../../src/model/differential.ts'
import type { Failure } from '../../src/model/failure.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { aMeasurement } from './builders.ts'

export const FOCUS = 'www.site.example'
export const OWN = '93.184.216.34'
export const FIRST = { host: 'neutral.example', address: '198.41.0.4' } as const
export const SECOND = { host: 'other-neutral.example', address: '199.7.83.42' } as const
export const FOREIGN_ADDRESS = '185.53.178.51'

type Part<T> = Partial<Omit<T, 'kind'>>

/** A diagnosis of one host; trials follow each other in the order given. */
export function aDiagnosis(
  trials: readonly DifferentialExperiment[],
  over: Part<SetupExperiment> = {},
): Measurement {
  const setup: SetupExperiment = {
    kind: 'setup',
    startedMs: 0,
    durationMs: 5_000,
    failure: null,
    seed: 1,
    hosts: [{ host: FOCUS, role: 'primary' }],
    focus: FOCUS,
    port: 443,
    neutral: [FIRST, SECOND],
    addresses: [OWN],
    given: [],
    leftOut: 0,
    ...over,
  }
  const experiments = [setup, ...trials.map((trial, i) => ({ ...trial, startedMs: (i + 1) * 10 }))]
  return aMeasurement({ plan: 'diagnose', url: `https://${FOCUS}/`, experiments })
}

/** One handshake, answered unless `over` has a failure; a cut one brings nothing back. */
export function tls(
  name: TlsExperiment['name'],
  address: string,
  over: Part<TlsExperiment> = {},
): TlsExperiment {
  const { failure = null } = over
  return {
    kind: 'tls',
    startedMs: 0,
    durationMs: 5,
    failure,
    name,
    host:
      name === 'target' ? FOCUS : name === 'neutral' ? FIRST.host : name === 'other' ? 'unknown.example' : '',
    at: address === OWN ? 'target' : address === FOREIGN_ADDRESS ? 'given' : 'neutral',
    address,
    port: 443,
    tcpMs: 2,
    failedAt: failure === null ? null : 'after',
    answered: failure === null,
    hello: 'small',
    helloBytes: 380,
    verified: null,
    ...over,
  }
}

export function http(
  name: HttpExperiment['name'],
  address: string,
  over: Part<HttpExperiment> = {},
): HttpExperiment {
  const { failure = null } = over
  return {
    kind: 'http',
    startedMs: 0,
    durationMs: 5,
    failure,
    name,
    host: name === 'target' ? FOCUS : name === 'neutral' ? FIRST.host : 'unknown.example',
    at: address === OWN ? 'target' : 'neutral',
    address,
    port: 80,
    tcpMs: 2,
    failedAt: failure === null ? null : 'after',
    answered: failure === null,
    status: failure === null ? 200 : null,
    location: null,
    bodySha256: failure === null ? `page of ${address}` : null,
    title: null,
    ...over,
  }
}

/** One question, answered with the truth unless told otherwise. */
export function dns(
  who: DnsExperiment['who'],
  over: Part<DnsExperiment> & { readonly gives?: readonly string[] } = {},
): DnsExperiment {
  const { gives, ...rest } = over
  const { failure = null } = over
  const values = gives ?? (failure === null ? [OWN] : [])
  return {
    kind: 'dns',
    startedMs: 0,
    durationMs: 5,
    failure,
    name: 'target',
    host: over.name === 'control' ? 'control.example' : FOCUS,
    who,
    engine: who === 'trusted' ? 'doh' : 'udp',
    resolver: who,
    queryType: 'A',
    answers: values.map((value) => ({ type: 'A', value, ttlS: 60, asn: null })),
    late: [],
    ...rest,
  }
}

export function residual(
  afterMs: number,
  answered: boolean,
  address: string = FIRST.address,
): ResidualExperiment {
  const failure: Failure | null = answered ? null : 'connection_reset'
  return { kind: 'residual', startedMs: 0, durationMs: 5, failure, address, port: 443, afterMs, answered }
}

export const CUT = { failure: 'connection_reset' } as const
export const SILENT = { failure: 'generic_timeout_error' } as const

export function times<T>(n: number, make: () => T): T[] {
  return Array.from({ length: n }, make)
}

/** What every diagnosis begins with: harmless names at both neutral servers. */
export function baseline(): TlsExperiment[] {
  return [FIRST.address, SECOND.address].flatMap((address) => [
    tls('neutral', address),
    tls('other', address),
    tls('other', address),
    tls('none', address),
  ])
}
