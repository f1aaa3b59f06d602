/**
 * A simulated internet on loopback, for the demo and the tests: real host names and addresses, reached through one SOCKS5 server per
 * network, each with a censor that can be told what to do while it runs.
 *
 * Needs no privileges and no network; listens on 127.0.0.1 only. Chance comes from a seed.
 */
import { createAuthority } from './ca.ts'
import { DEFAULT_NETWORKS } from './default-networks.ts'
import { DEFAULT_SITES } from './default-sites.ts'
import type { NetworkSpec } from './inside.ts'
import { openMachines } from './machines.ts'
import { openNetwork, type LabNetwork } from './network.ts'
import { blockPage } from './page.ts'
import { quicLibrary } from './quic-library.ts'
import { createWorld, type Site, type SiteSpec } from './world.ts'

export interface LabOptions {
  /** of all chance in the lab; 1 when left out */
  readonly seed?: number
  /** 1 = lost SYNs are sent again after 1, 3, 7... real seconds; smaller is faster */
  readonly timeScale?: number
  /** in place of the default networks */
  readonly networks?: readonly NetworkSpec[]
  /** besides the default sites; one of the same host takes its place */
  readonly sites?: readonly SiteSpec[]
}

/** A running simulated internet. */
export interface Lab {
  /** PEM of the authority behind every honest certificate */
  readonly ca: string
  /** a resolver over HTTPS that always tells the truth, as long as it can be reached */
  readonly trustedResolver: { readonly url: string; readonly address: string }
  readonly networks: readonly LabNetwork[]
  /** Throws a RangeError for an id there is none of. */
  network(id: string): LabNetwork
  /** The site of a host name or alias; throws a RangeError when there is none. */
  site(host: string): Site
  /** Adds a site for all networks; one of the same host is replaced. */
  addSite(spec: SiteSpec): Site
  /** Ends every socket, timer and listener. Idempotent. */
  close(): Promise<void>
}

/** Starts the lab, all well: every site up, no rule in force, no loss. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const { seed = 1, timeScale = 1, networks: specs = DEFAULT_NETWORKS, sites = [] } = options
  const authority = createAuthority('Lab CA')
  const rogue = createAuthority('National Filter CA')
  const library = await quicLibrary()
  const world = createWorld((addresses) => machines.cut(addresses), library !== null)
  const machines = openMachines(world, authority, library)
  for (const spec of [...DEFAULT_SITES, ...sites]) world.add(spec)
  for (const { isp, blockHost } of specs) {
    const pages = { '/': blockPage(isp) }
    world.add({
      host: blockHost.host,
      addresses: [blockHost.address],
      domestic: true,
      http: 'serve',
      https: 'closed',
      pages,
    })
  }
  const opened = await Promise.all(
    specs.map((spec) => openNetwork(spec, { world, machines, rogue, seed, timeScale })),
  )
  const networks = opened.map(({ network }) => network)
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((network) => network.close()))
    await machines.close()
  }
  return {
    ca: authority.pem,
    trustedResolver: { url: 'https://dns.quad9.net/dns-query', address: '9.9.9.9' },
    networks,
    network: (id) =>
      found(
        networks.find((network) => network.id === id),
        `network ${id}`,
      ),
    site: (host) => found(world.site(host), `site ${host}`),
    addSite: (spec) => world.add(spec),
    close: () => (closing ??= close()),
  }
}

function found<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new RangeError(`the lab has no ${what}`)
  return value
}
