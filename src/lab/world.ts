/**
 * The sites of the simulated internet: which names there are, at which addresses, what they serve, and whether they are up.
 * The same for every network; what a network's censor makes of it is not known here.
 */
import { isIP } from 'node:net'
import { canonical } from '../net/addresses.ts'
import type { TurnedAway } from './origin.ts'
import type { Page } from './page.ts'

/** What is fixed about a site when it is added. */
export interface SiteSpec {
  /** the name it is served under */
  readonly host: string
  /** further names at the same addresses, which redirect to `host` */
  readonly aliases?: readonly string[]
  /** IPv4, and IPv6 where it has any */
  readonly addresses: readonly string[]
  /** names of other sites that it serves as well, certificate and page, as a cache inside a provider does; DNS knows nothing of it */
  readonly serves?: readonly string[]
  /** the name its addresses are under, when `host` is a CNAME */
  readonly cname?: string
  /** inside the country: still there when the international link is cut */
  readonly domestic?: boolean
  readonly title?: string
  /** port 80: serve the same pages, redirect to https (the default), or closed */
  readonly http?: 'serve' | 'redirect' | 'closed'
  /** port 443: serve (the default) or closed */
  readonly https?: 'serve' | 'closed'
  /** served instead of the generated page; keys are paths without a query, a missing path gets the generated page */
  readonly pages?: Readonly<Record<string, Page>>
  /** the site's own trouble with its certificate: out of its time, or for another name */
  readonly certificate?: 'expired' | 'other-name'
  /** speaks HTTP/3 too, and says so in its answers over TLS and in an HTTPS record, or in one of the two only */
  readonly http3?: boolean | 'alt-svc' | 'https-record'
  /** the data of its HTTPS record, where it is not to be a good one */
  readonly httpsRecord?: Buffer
  /** answers DNS over HTTPS at /dns-query, with the truth */
  readonly doh?: boolean
  /** how TLS for names that are not its own is turned away; left out, it is served the site's own certificate */
  readonly strangers?: TurnedAway
  /** answers DNS on port 53, over UDP and TCP */
  readonly resolver?: boolean
}

/** How a site is down for everyone. `nxdomain`: its names are gone from the registry, its servers are not. */
export type Down = 'refused' | 'timeout' | '503' | 'nxdomain'

/** One site, and the switch that takes it down for everyone. */
export interface Site {
  readonly spec: SiteSpec
  readonly addresses: readonly string[]
  /** `null` = up */
  readonly downAs: Down | null
  /** Open connections to it are cut as well, save with `nxdomain`. */
  down(how?: Down): void
  up(): void
  /** how fast it serves one connection, to everyone; `null` = as fast as it can */
  readonly bytesPerSecond: number | null
  slow(bytesPerSecond: number | null): void
  /** Whether it answers QUIC; it goes on saying that it does. */
  readonly quic: 'on' | 'off'
  setQuic(state: 'on' | 'off'): void
  /** Moves it to other addresses, as content networks do. */
  move(addresses: readonly string[]): void
}

/** What DNS knows of a name. `null` in place of it: no such name. */
export interface Records {
  readonly cname: string | null
  readonly addresses: readonly string[]
  readonly domestic: boolean
  /** data of the HTTPS record */
  readonly https: Buffer | null
}

/** Every site, by name and by address. */
export interface World {
  readonly sites: readonly Site[]
  add(spec: SiteSpec): Site
  site(host: string): Site | null
  at(address: string): readonly Site[]
  records(name: string): Records | null
}

/** What most sites with HTTP/3 have: priority 1, their own name, alpn "h3,h2". @see RFC 9460 */
const HTTPS_RECORD = Buffer.from('00010000010006026833026832', 'hex')

/**
 * An empty world.
 *
 * @param fell is called when a site goes down in a way that cuts its open connections, or moves
 * @param speaksHttp3 whether any site can
 */
export function createWorld(fell: (addresses: readonly string[]) => void, speaksHttp3 = true): World {
  const sites: Site[] = []
  const byName = new Map<string, Site>()

  const add = (spec: SiteSpec): Site => {
    const site: { -readonly [Key in keyof Site]: Site[Key] } = {
      spec,
      addresses: normalise(spec.host, spec.addresses),
      downAs: null,
      bytesPerSecond: null,
      quic: 'on',
      down(how = 'refused') {
        site.downAs = how
        if (how !== 'nxdomain') fell(site.addresses)
      },
      up() {
        site.downAs = null
      },
      slow(bytesPerSecond) {
        site.bytesPerSecond = bytesPerSecond
      },
      setQuic(state) {
        site.quic = state
      },
      move(addresses) {
        const next = normalise(spec.host, addresses)
        fell(site.addresses)
        site.addresses = next
      },
    }
    const before = sites.findIndex((other) => other.spec.host === spec.host)
    if (before !== -1) for (const name of namesOf(sites.splice(before, 1)[0]!.spec)) byName.delete(name)
    sites.push(site)
    for (const name of namesOf(spec)) byName.set(name, site)
    return site
  }

  return {
    sites,
    add,
    site: (host) => byName.get(host.toLowerCase()) ?? null,
    at: (address) => sites.filter((site) => site.addresses.includes(address)),
    records(name) {
      const site = byName.get(name.toLowerCase().replace(/\.$/, ''))
      if (!site || site.downAs === 'nxdomain') return null
      const { cname, domestic = false, http3 = false, httpsRecord } = site.spec
      const offers = speaksHttp3 && http3 !== false && http3 !== 'alt-svc'
      return {
        cname: cname && cname !== name.toLowerCase() ? cname : null,
        addresses: site.addresses,
        domestic,
        https: httpsRecord ?? (offers ? HTTPS_RECORD : null),
      }
    },
  }
}

/** Every DNS name a site answers to, its own first. */
export function namesOf(spec: SiteSpec): string[] {
  return [spec.host, ...(spec.aliases ?? []), ...(spec.cname ? [spec.cname] : [])].map((name) =>
    name.toLowerCase(),
  )
}

/** Every name a site has a certificate for. */
export function servedNames(spec: SiteSpec): string[] {
  return [...namesOf(spec), ...(spec.serves ?? []).map((name) => name.toLowerCase())]
}

/** Addresses in the one spelling the proxy reads off the wire. */
function normalise(host: string, addresses: readonly string[]): string[] {
  return addresses.map((address) => {
    if (isIP(address) === 0) throw new TypeError(`site ${host}: "${address}" is not an IP address`)
    return canonical(address)
  })
}
