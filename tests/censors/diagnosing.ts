/** One service diagnosed through a network of the lab: the real trials over real sockets, and the real judge. */
import { type Explanation, explain } from '../../src/judge/judge.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { expect } from 'vitest'
import type { Lab } from '../../src/lab/lab.ts'
import type { DiagnosedHost, Diagnosis } from '../../src/probe/task.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { PROBE_DEFAULTS as PROBE, type ProbeSettings } from '../../src/model/probe-settings.ts'
import type { Vantage } from '../../src/model/vantage.ts'
import { patient } from './patience.ts'
import { vantageIn } from './vantage-in.ts'

/** How long one step of a trial may take: long enough for a busy machine to answer itself. */
const TRIAL_MS = patient(700)

export interface Told {
  readonly network?: string
  readonly seed?: number
  readonly settings?: Partial<ProbeSettings>
  readonly diagnosis?: Partial<Diagnosis>
  readonly vantage?: Partial<Vantage>
  readonly signal?: AbortSignal
}

/** The hosts of one service, the endpoint's own first; what a control would have resolved comes from the lab itself. */
export function hostsOf(lab: Lab, ...urls: string[]): DiagnosedHost[] {
  return urls.map((text, i) => {
    const url = new URL(text)
    const secure = url.protocol === 'https:'
    return {
      host: url.hostname,
      role: i === 0 ? 'primary' : 'asset',
      scheme: secure ? 'https' : 'http',
      port: Number(url.port) || (secure ? 443 : 80),
      addresses: lab.site(url.hostname).addresses,
    }
  })
}

/** Diagnoses the service of these hosts. */
export function diagnosed(lab: Lab, hosts: readonly DiagnosedHost[], told: Told = {}): Promise<Measurement> {
  const url = `${hosts[0]!.scheme}://${hosts[0]!.host}/`
  return probeOnce(
    {
      vantage: { ...vantageIn(lab.network(told.network ?? 'babilon'), lab), ...told.vantage },
      endpoint: url,
      url,
      plan: 'diagnose',
      purpose: 'manual',
      extraAddresses: [],
      settings: {
        ...PROBE,
        dnsTimeoutMs: TRIAL_MS,
        tcpTimeoutMs: TRIAL_MS,
        tlsTimeoutMs: TRIAL_MS,
        httpTimeoutMs: TRIAL_MS,
        totalTimeoutMs: patient(25_000),
        lateReplyWindowMs: 150,
        maxLoopLagMs: 5_000,
        extraCa: [lab.ca],
        ...told.settings,
      },
      diagnosis: {
        hosts,
        neutralHosts: ['example.com', 'dns.quad9.net'],
        otherNames: ['www.iana.org'],
        controlNames: ['example.com', 'www.iana.org'],
        publicResolver: '9.9.9.9',
        noResolver: null,
        maxTrials: 120,
        seed: told.seed ?? 1,
        ...told.diagnosis,
      },
    },
    told.signal ?? AbortSignal.timeout(patient(28_000)),
  )
}

/** The same, judged without any control: what a diagnosis proves, it proves alone. */
export async function explained(
  lab: Lab,
  hosts: readonly DiagnosedHost[],
  told: Told = {},
): Promise<Explanation & { readonly measurement: Measurement }> {
  const measurement = await diagnosed(lab, hosts, told)
  expect(measurement, 'fit').toMatchObject({ unfit: null, unfitDetail: null })
  return { ...explain(measurement, [], 'online'), measurement }
}

export const YOUTUBE = ['https://www.youtube.com/', 'https://i.ytimg.com/'] as const
