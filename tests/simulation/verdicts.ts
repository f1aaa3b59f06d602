/** verdicts: what judge/ makes of each mechanism, with its weights, ready made: the simulation judges millions of looks. */
import type { Failure } from '../../src/model/failure.ts'
import type { Layer } from '../../src/model/measurement.ts'
import type { Mechanism, Outcome, Verdict } from '../../src/model/verdict.ts'
import { WEIGHTS } from '../../src/judge/weights.ts'

type Shape = readonly [failure: Failure | null, weight: number, outcome?: Outcome]

const SHAPES: Partial<Record<Mechanism, Shape>> = {
  'dns.nxdomain': ['dns_nxdomain_error', WEIGHTS.dnsLie],
  'dns.bogus': [null, WEIGHTS.dnsStranger],
  'dns.refused': ['dns_refused_error', WEIGHTS.dnsRefused],
  'dns.servfail': ['dns_servfail_error', WEIGHTS.dnsTrouble],
  'dns.timeout': ['generic_timeout_error', WEIGHTS.dnsTrouble],
  'tcp.reset': ['connection_reset', WEIGHTS.tcpReset],
  'tcp.refused': ['connection_refused', WEIGHTS.tcpRefused],
  'tcp.unreachable': ['host_unreachable', WEIGHTS.tcpUnreachable],
  'tcp.timeout': ['generic_timeout_error', WEIGHTS.silence],
  'tls.sni-reset': ['connection_reset', WEIGHTS.cutAfterHello],
  'tls.sni-eof': ['eof_error', WEIGHTS.cutAfterHello],
  'tls.sni-timeout': ['generic_timeout_error', WEIGHTS.silenceAfterHello],
  'tls.mitm': ['ssl_unknown_authority', WEIGHTS.proved, 'confirmed'],
  'http.blockpage': [null, WEIGHTS.blockpage, 'confirmed'],
  'http.reset': ['connection_reset', WEIGHTS.httpCut],
}

const base = {
  because: 'simulated',
  blocking: null,
  accessible: null,
  failure: null,
  layer: null,
  mechanism: null,
} as const

export const FINE: Verdict = {
  ...base,
  reached: 'yes',
  outcome: 'ok',
  rule: 'fine',
  weight: 0,
  silent: false,
}
export const CANNOT_SAY: Verdict = { ...FINE, reached: 'unknown', outcome: 'insufficient', rule: 'health' }

/** Fails here; `control`: whether it is fine there, fails there too, or was not asked. */
export function failing(mechanism: Mechanism, control: 'fine' | 'fails' | 'none'): Verdict {
  return (control === 'fine' ? HERE : control === 'fails' ? BOTH : ALONE)[mechanism]!
}

function table(change: (verdict: Verdict) => Verdict): Partial<Record<Mechanism, Verdict>> {
  return Object.fromEntries(
    Object.entries(SHAPES).map(([name, [failure, weight, outcome = 'anomaly']]) => {
      const mechanism = name as Mechanism
      const layer = mechanism.split('.', 1)[0] as Layer
      const silent = failure === 'generic_timeout_error'
      const common = { ...base, reached: 'no', rule: name, failure, layer, mechanism, silent } as const
      return [name, change({ ...common, outcome, weight })]
    }),
  )
}

const HERE = table((verdict) => verdict)
const BOTH = table((verdict) => ({ ...verdict, outcome: 'down', weight: WEIGHTS.down }))
const ALONE = table((verdict) =>
  verdict.outcome === 'confirmed' ? verdict : { ...verdict, outcome: 'insufficient', weight: 0 },
)
