/**
 * A vantage on a line of the lab as a daemon would have it: the shipped configuration with its canaries, its pace and its neutral hosts,
 * five services, and a control.
 */
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { PROBE_DEFAULTS } from '../../src/model/probe-settings.ts'
import type { Service } from '../../src/model/service.ts'
import { patient } from '../censors/patience.ts'
import { vantageIn } from '../censors/vantage-in.ts'

export const HERE = 'babilon'
export const CONTROL = 'outside'

/** How long each step may really take here where a timeout of the lab is meant, in place of the default. */
const TIMEOUT_MS = 700
const SHIPPED = fileURLToPath(new URL('../../config/didbon.yaml', import.meta.url))

export interface Line {
  readonly lab: Lab
  readonly config: Config
}

export interface LineOptions {
  /** steps may take as long as they do in production: for what is slow rather than silent */
  readonly unhurried?: boolean
  /** the sites and the network have IPv6 */
  readonly ipv6?: boolean
}

const SERVICES: readonly Service[] = [
  service('facebook', 'https://www.facebook.com/'),
  service('youtube', 'https://www.youtube.com/'),
  service('odnoklassniki', 'https://ok.ru/'),
  service('asia-plus', 'https://asiaplustj.info/'),
  service('news', 'http://news.tj/'),
]

function service(id: string, url: string): Service {
  const always = { validFromAt: null, validUntilAt: null }
  return { id, name: id, endpoints: [{ id: `${id}/www`, service: id, url, role: 'primary', ...always }] }
}

/** A line that is well. Ends with the test. */
export async function aLine({ unhurried = false, ipv6 = false }: LineOptions = {}): Promise<Line> {
  const lab = await startLab({ timeScale: 0.05 })
  onTestFinished(() => lab.close())
  const shipped = await loadConfig(SHIPPED, {})
  if (ipv6)
    giveIpv6(lab, [
      ...SERVICES.map(({ endpoints: [first] }) => first!.url),
      ...shipped.canaries.map(({ url }) => url),
    ])
  const stepMs = patient(TIMEOUT_MS)
  const steps = unhurried
    ? {}
    : { dnsTimeoutMs: stepMs, tcpTimeoutMs: stepMs, tlsTimeoutMs: stepMs, httpTimeoutMs: stepMs }
  const config: Config = {
    ...shipped,
    services: SERVICES,
    vantages: [HERE, CONTROL].map((id) => vantageIn(lab.network(id), lab)),
    schedule: { ...shipped.schedule, throughput: null },
    diagnose: { ...shipped.diagnose, trialTimeoutMs: patient(400) },
    probe: {
      ...shipped.probe,
      ...PROBE_DEFAULTS,
      ...steps,
      lateReplyWindowMs: 150,
      maxLoopLagMs: 10_000,
      quic: null,
      extraCa: [lab.ca],
    },
  }
  return { lab, config }
}

/** Gives every site an IPv6 address beside the others, and every network a way there. */
function giveIpv6(lab: Lab, urls: readonly string[]): void {
  for (const [i, host] of [...new Set(urls.map((url) => new URL(url).hostname))].entries()) {
    const site = lab.site(host)
    site.move([...site.addresses, `2a00:1450:4001::${(i + 1).toString(16)}`])
  }
  for (const network of lab.networks) network.set({ ipv6: 'up' })
}
