/** One simulated network: its proxy, its censor, its resolver, and the switches for the whole of it. */
import type { Authority } from './ca.ts'
import { narrow } from './bucket.ts'
import { createCensor, type Censor, type CensorRule } from './censor.ts'
import { createResidualBlocks } from './residual-blocks.ts'
import type { Conditions, Inside, NetworkSpec } from './inside.ts'
import type { Machines } from './machines.ts'
import { openOrigin, type Origin } from './origin.ts'
import { blockPage, htmlPage } from './page.ts'
import { createRandom } from './random.ts'
import { Scope } from './scope.ts'
import { openSocksServer } from './socks-server.ts'
import type { World } from './world.ts'

const WELL: Conditions = {
  loss: 0,
  delayMs: 0,
  international: 'up',
  ipv6: 'network-unreachable',
  bytesPerSecond: null,
  proxy: 'plain',
  resets: 'pass',
}

/** What is fixed about a running network: how to get in, and who runs it. */
export interface NetworkFacts extends Pick<NetworkSpec, 'id' | 'role' | 'country' | 'asn' | 'isp' | 'city'> {
  readonly socksHost: '127.0.0.1'
  /** stays the same while the lab lives */
  readonly socksPort: number
  readonly username: string | null
  readonly password: string | null
  /** the provider's own resolver, reached through the proxy over UDP and TCP */
  readonly ispResolver: { readonly address: string; readonly port: 53 }
  /** a second one of the provider's; `null` = it has one alone */
  readonly secondResolver: { readonly address: string; readonly port: 53 } | null
  /** where censored requests are sent, if a rule does not say otherwise */
  readonly blockPageUrl: string
}

/** A network as its users and the demo's director see it. */
export interface LabNetwork extends NetworkFacts {
  /** they alone, as they can be sent to another process */
  readonly facts: NetworkFacts
  readonly censor: Censor
  readonly conditions: Conditions
  /** Changes what is named and leaves the rest. Cutting the international link silences what is open across it, for good. */
  set(change: Partial<Conditions>): void
  /** `off` ends every connection and refuses new ones; `on` listens on the same port again. Idempotent. */
  power(state: 'on' | 'off'): Promise<void>
}

/** What the lab hands each of its networks. */
export interface Surroundings {
  readonly world: World
  readonly machines: Machines
  /** the censors' authority, which nobody trusts */
  readonly rogue: Authority
  readonly seed: number
  readonly timeScale: number
}

/** Starts a network that is well. `close` ends it for good. */
export async function openNetwork(
  spec: NetworkSpec,
  { world, machines, rogue, seed, timeScale }: Surroundings,
): Promise<{ network: LabNetwork; close(): Promise<void> }> {
  const impostors = new Map<CensorRule, Origin>()
  const residualBlocks = createResidualBlocks()
  const random = createRandom(seed, spec.id)
  const censor = createCensor((rule) => {
    residualBlocks.forget()
    void impostors.get(rule)?.close()
    impostors.delete(rule)
  }, random)
  const inside: Inside = {
    spec,
    world,
    machines,
    censor,
    residualBlocks,
    random,
    scope: new Scope(),
    timeScale,
    conditions: WELL,
    line: null,
    impostor(rule) {
      const known = impostors.get(rule)
      if (known) return known
      const origin = openImpostor(rule, rogue, spec.isp)
      impostors.set(rule, origin)
      return origin
    },
  }
  const socks = openSocksServer(inside)
  const socksPort = await socks.listen(0)
  let on = true
  let switching = Promise.resolve()
  const turn = async (state: 'on' | 'off'): Promise<void> => {
    if (on === (state === 'on')) return
    if (state === 'on') await socks.listen(socksPort)
    else await socks.close()
    on = state === 'on'
  }
  const power = (state: 'on' | 'off'): Promise<void> => {
    const turned = switching.then(() => turn(state))
    switching = turned.catch(() => undefined)
    return turned
  }
  const facts = factsOf(spec, socksPort)
  const network: LabNetwork = {
    ...facts,
    facts,
    censor,
    get conditions() {
      return inside.conditions
    },
    set(change) {
      inside.conditions = { ...inside.conditions, ...change }
      if (change.bytesPerSecond !== undefined) inside.line = narrow(change.bytesPerSecond)
      socks.silenceBeyondReach()
    },
    power,
  }
  return {
    network,
    async close() {
      await power('off')
      inside.scope.end()
      await Promise.all([...impostors.values()].map((origin) => origin.close()))
    },
  }
}

function factsOf(spec: NetworkSpec, socksPort: number): NetworkFacts {
  const { id, role, country, asn, isp, city, credentials, secondResolverAddress: second } = spec
  return {
    id,
    role,
    country,
    asn,
    isp,
    city,
    socksHost: '127.0.0.1',
    socksPort,
    username: credentials?.username ?? null,
    password: credentials?.password ?? null,
    ispResolver: { address: spec.resolverAddress, port: 53 },
    secondResolver: second === undefined ? null : { address: second, port: 53 },
    blockPageUrl: `http://${spec.blockHost.host}/`,
  }
}

/** The machine that answers in a site's place: a certificate nobody vouches for, and the censor's page whatever is asked. */
function openImpostor(rule: CensorRule, rogue: Authority, isp: string): Origin {
  const forged = rule.layer === 'tls' && rule.action === 'mitm' ? rule : null
  const page = forged?.page === undefined ? blockPage(isp) : htmlPage(forged.page)
  return openOrigin({
    identityFor: (serverName) => rogue.identityFor([forged?.as ?? serverName ?? 'filter.invalid']),
    answer: () => page,
  })
}
