/**
 * The networks the lab starts with: four providers of Tajikistan and one abroad that nobody censors.
 * Names and AS numbers are real; resolver addresses, block hosts and everything these networks do here are made up.
 */
import type { NetworkSpec } from './inside.ts'

interface Provider {
  readonly id: string
  readonly asn: number
  readonly isp: string
  readonly domain: string
}

const PROVIDERS: readonly Provider[] = [
  { id: 'babilon', asn: 24722, isp: 'Babilon-T', domain: 'babilon-t.tj' },
  { id: 'tt-mobile', asn: 43197, isp: 'TT mobile (MegaFon Tajikistan)', domain: 'megafon.tj' },
  { id: 'tcell', asn: 47139, isp: 'Indigo Tajikistan (Tcell)', domain: 'tcell.tj' },
  { id: 'tojiktelecom', asn: 51346, isp: 'Tojiktelecom', domain: 'tojiktelecom.tj' },
]

/** Ids: `babilon`, `tt-mobile`, `tcell`, `tojiktelecom`, and the control `outside`. */
export const DEFAULT_NETWORKS: readonly NetworkSpec[] = [
  ...PROVIDERS.map(({ id, asn, isp, domain }, n): NetworkSpec => ({
    id,
    role: 'probe',
    country: 'TJ',
    asn,
    isp,
    city: 'Dushanbe',
    resolverAddress: `10.${23 + n}.0.53`,
    secondResolverAddress: `10.${23 + n}.1.53`,
    blockHost: { host: `restricted.${domain}`, address: `91.218.16${n}.80` },
  })),
  {
    id: 'outside',
    role: 'control',
    country: 'DE',
    asn: 24940,
    isp: 'Hetzner Online',
    city: 'Falkenstein',
    resolverAddress: '10.99.0.53',
    blockHost: { host: 'restricted.outside.invalid', address: '88.198.0.80' },
  },
]
