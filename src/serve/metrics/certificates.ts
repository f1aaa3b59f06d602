/**
 * certificates: what users of a network are shown when they open a service.
 *
 * Of a fit probe of a primary endpoint, the certificate presented at an address that the network's own resolver gave, for the
 * URL asked for; whether or not it checks out. An expired certificate does not, and is what an operator must hear of; neither does
 * that of somebody in the middle, whose name as issuer is the news. What a control's address would have shown is left out.
 */
import type { CertificateFacts, Measurement } from '../../model/measurement.ts'
import type { LiveGauge, Seen } from './live.ts'
import type { Watched } from './watched.ts'

const MAX_ISSUER = 64

interface Shown {
  readonly endpoint: string
  readonly vantage: string
  readonly issuer: string
  readonly notAfterAt: number
}

export function certificatesShown() {
  const shown = new Map<string, Shown>()

  /** What is no longer watched is left out; so is an endpoint that went out of force. */
  const current = ({ services, vantages }: Seen): Shown[] => {
    const endpoints = new Set(services.flatMap((service) => service.endpoints.map(({ id }) => id)))
    const from = new Set(vantages.map(({ id }) => id))
    return [...shown.values()].filter(({ endpoint, vantage }) => endpoints.has(endpoint) && from.has(vantage))
  }

  const gauges: readonly LiveGauge[] = [
    {
      name: 'didbon_certificate_expiry_timestamp_seconds',
      help: 'Expiry time of the certificate last served to the vantage; absent before the first',
      labelNames: ['endpoint', 'vantage'],
      read(put, seen) {
        for (const { endpoint, vantage, notAfterAt } of current(seen)) {
          put(notAfterAt / 1000, endpoint, vantage)
        }
      },
    },
    {
      name: 'didbon_certificate_info',
      help: 'A constant 1, labelled by the issuer of the certificate last served to the vantage, verified or not',
      labelNames: ['endpoint', 'vantage', 'issuer'],
      read(put, seen) {
        for (const { endpoint, vantage, issuer } of current(seen)) put(1, endpoint, vantage, issuer)
      },
    },
  ]

  return {
    gauges,

    saw({ endpoint, vantage, unfit, observations }: Measurement, { roles }: Watched): void {
      if (unfit !== null || roles.get(endpoint) !== 'primary') return
      for (const seen of observations) {
        if (seen.layer !== 'tls' || seen.depth !== 0 || seen.certificate === null) continue
        if (seen.source !== 'vantage' && seen.source !== 'literal') continue
        const { notAfterAt } = seen.certificate
        const issuer = issuerOf(seen.certificate)
        shown.set(`${vantage} ${endpoint}`, { endpoint, vantage, issuer, notAfterAt })
        return
      }
    },

    watch({ vantages, roles }: Watched): void {
      for (const [key, { endpoint, vantage }] of shown) {
        if (!vantages.has(vantage) || !roles.has(endpoint)) shown.delete(key)
      }
    },
  }
}

/** The issuer's organisation, else its common name, else all of its name. */
function issuerOf({ issuer }: CertificateFacts): string {
  const part = (key: string) => new RegExp(`(?:^|, )${key}=((?:\\\\.|[^,\\\\])+)`).exec(issuer)?.[1]
  const name = (part('O') ?? part('CN') ?? issuer).replace(/\\(.)/g, '$1').trim()
  return name.slice(0, MAX_ISSUER)
}
