/** What a configuration would do: what `didbon check` prints, as data and as lines. Never with credentials in it. */
import { parse } from 'node-cron'
import { endpointsAt, isSecure, transferEndpointsAt } from '../model/service.ts'
import type { Resolver, Vantage } from '../model/vantage.ts'
import { MINUTE_MS } from '../model/time.ts'
import { isOwnMachine } from '../net/addresses.ts'
import { tcpKey } from '../net/endpoint.ts'
import { timesOf, type Config, type Times } from './config.ts'

export interface Description {
  readonly services: readonly {
    readonly id: string
    readonly name: string
    readonly endpoints: readonly {
      readonly id: string
      readonly url: string
      readonly role: string
      readonly inForce: boolean
    }[]
  }[]
  readonly vantages: readonly {
    readonly id: string
    readonly role: 'probe' | 'control'
    readonly way: string
    readonly network: string
    readonly resolvers: readonly string[]
    readonly trustedResolver: string | null
    readonly perHour: PerHour
    /** what its rounds of timed bytes cost, at least, in millions of bytes */
    readonly transferMbPerDay: number
  }[]
  readonly canaries: readonly { readonly id: string; readonly group: string; readonly url: string }[]
  readonly perHour: PerHour
  /** how outages are diagnosed; `null` = they are not */
  readonly diagnosis: { readonly everyMinutes: number; readonly comparedWith: readonly string[] } | null
  /** what is allowed but probably not meant */
  readonly notes: readonly string[]
}

/** Probes of rounds in an hour of a day on which they run; confirmations and fresh controls come on top. */
export interface PerHour {
  readonly heartbeat: number
  readonly full: number
  readonly throughput: number
  readonly canary: number
  readonly total: number
}

/** @param now Unix ms: which endpoints are in force */
export function describeConfig(config: Config, now: number): Description {
  const vantages = config.vantages.map((vantage) => ({
    id: vantage.id,
    role: vantage.role,
    way: showWay(vantage),
    network: showNetwork(vantage),
    resolvers: vantage.resolvers.map(showResolver),
    trustedResolver: vantage.trustedResolver === null ? null : showResolver(vantage.trustedResolver),
    perHour: perHourOf(config, vantage, now),
    transferMbPerDay: transferMbPerDay(config, perHourOf(config, vantage, now)),
  }))
  return {
    services: config.services.map((service) => {
      const inForce = new Set(endpointsAt(service, now))
      const endpoints = service.endpoints.map((e) => ({
        id: e.id,
        url: e.url,
        role: e.role,
        inForce: inForce.has(e),
      }))
      return { id: service.id, name: service.name, endpoints }
    }),
    vantages,
    canaries: config.canaries.map(({ id, group, url, optional }) => ({
      id,
      group: optional === true ? 'neutral host' : group,
      url,
    })),
    perHour: sum(vantages.map((v) => v.perHour)),
    diagnosis: diagnosisOf(config),
    notes: notesOn(config, now),
  }
}

function perHourOf(config: Config, vantage: Vantage, now: number): PerHour {
  const canary = config.canaries.length * roundsPerHour(config.schedule.canary)
  const rounds = (kind: keyof Omit<Times, 'timezone'>) =>
    config.services.reduce((probes, service) => {
      const times = timesOf(config.schedule, service.id, vantage.id)[kind]
      const endpoints = kind === 'throughput' ? transferEndpointsAt(service, now) : endpointsAt(service, now)
      return probes + (times === null ? 0 : endpoints.length * roundsPerHour(times))
    }, 0)
  // a control is only there to compare with: it looks in full, and afresh whenever something is not fine elsewhere
  return total({
    heartbeat: vantage.role === 'control' ? 0 : rounds('heartbeat'),
    full: rounds('full'),
    throughput: vantage.role === 'control' ? 0 : rounds('throughput'),
    canary,
  })
}

/** Two transfers a measurement: the service's and the neutral host's. */
function transferMbPerDay({ throughput }: Config, { throughput: perHour }: PerHour): number {
  return Math.ceil((perHour * 24 * 2 * throughput.bytes) / 1_000_000)
}

function roundsPerHour(cron: string): number {
  const { second, minute, hour } = parse(cron)
  return (second.length * minute.length * hour.length) / 24
}

function total(parts: Omit<PerHour, 'total'>): PerHour {
  return { ...parts, total: parts.heartbeat + parts.full + parts.throughput + parts.canary }
}

function sum(all: readonly PerHour[]): PerHour {
  const add = (key: keyof PerHour) => all.reduce((n, perHour) => n + perHour[key], 0)
  return total({
    heartbeat: add('heartbeat'),
    full: add('full'),
    throughput: add('throughput'),
    canary: add('canary'),
  })
}

function diagnosisOf({ diagnose }: Config): Description['diagnosis'] {
  const { enabled, everyMs, neutralHosts } = diagnose
  return enabled ? { everyMinutes: everyMs / MINUTE_MS, comparedWith: neutralHosts } : null
}

function notesOn(config: Config, now: number): string[] {
  const notes: string[] = []
  if (!config.vantages.some((v) => v.role === 'control')) {
    notes.push('No vantage has role control: an outage can be seen, but rarely called a block.')
  }
  if (!config.canaries.some((canary) => canary.group === 'international' && isSecure(canary))) {
    notes.push(
      'No international canary is asked over HTTPS: a line on which only HTTPS fails counts as online.',
    )
  }
  const { publicPrefixes } = config.probe
  if (publicPrefixes.length > 0) {
    notes.push(
      `Addresses in ${publicPrefixes.join(', ')} count as public, which they are in a lab alone: on a real network a lie that points there would not be seen.`,
    )
  }
  for (const { id, role, route } of config.vantages) {
    if (role === 'control' && route.kind !== 'direct' && !isOwnMachine(route.host)) {
      const way = tcpKey(route.host, route.port)
      notes.push(
        `What control ${id} asks passes the line to ${way} in the clear: a filter there that acts on any port cuts it too. Tunnel it, for example through \`ssh -D\` or a VPN.`,
      )
    }
  }
  for (const { id, country } of config.vantages) {
    if (country === 'ZZ') notes.push(`The country of vantage ${id} is not set.`)
  }
  for (const service of config.services) {
    const primary = endpointsAt(service, now).some((e) => e.role === 'primary')
    if (!primary) notes.push(`Service ${service.id} has no primary endpoint in force now: it cannot be out.`)
  }
  return notes
}

function showWay({ route }: Vantage): string {
  if (route.kind === 'direct') return 'direct'
  return `${route.kind} ${tcpKey(route.host, route.port)}${route.username === null ? '' : ' with credentials'}`
}

function showNetwork({ country, asn, isp, city }: Vantage): string {
  return [country, asn === null ? null : `AS${asn}`, isp, city].filter((part) => part !== null).join(', ')
}

/** A resolver as it is written in the configuration. */
export function showResolver(resolver: Resolver): string {
  if (resolver.kind === 'system' || resolver.kind === 'proxy') return resolver.kind
  if (resolver.kind === 'doh')
    return resolver.address === null ? resolver.url : `${resolver.url}#${resolver.address}`
  const address = resolver.address.includes(':') ? `[${resolver.address}]` : resolver.address
  return `${resolver.kind}://${address}:${resolver.port}`
}

/** The description as the lines a person reads. */
export function formatDescription(description: Description): string[] {
  const { services, vantages, canaries, perHour, diagnosis, notes } = description
  return [
    'Services',
    ...services.flatMap((service) =>
      [`  ${service.id} (${service.name})`].concat(service.endpoints.map(showEndpoint)),
    ),
    'Vantages',
    ...vantages.flatMap((v) => [
      `  ${v.id}  ${v.role}  ${v.way}  ${v.network}  ${showPerHour(v.perHour)}${showCost(v.transferMbPerDay)}`,
      `    resolvers ${v.resolvers.join(', ')}; trusted ${v.trustedResolver ?? 'none'}`,
    ]),
    'Canaries',
    ...canaries.map((canary) => `  ${canary.id}  ${canary.group}  ${canary.url}`),
    `In all ${showPerHour(perHour)}`,
    showDiagnosis(diagnosis),
    ...notes.map((note) => `Note: ${note}`),
  ]
}

function showEndpoint({
  id,
  role,
  url,
  inForce,
}: Description['services'][number]['endpoints'][number]): string {
  return `    ${id}  ${role}  ${url}${inForce ? '' : '  not in force now'}`
}

function showDiagnosis(diagnosis: Description['diagnosis']): string {
  if (diagnosis === null) return 'Outages are not diagnosed'
  return `Outages are diagnosed as they open and change, and every ${diagnosis.everyMinutes} min; compared with ${diagnosis.comparedWith.join(', ')}`
}

function showCost(mbPerDay: number): string {
  return mbPerDay === 0 ? '' : `; timing bytes costs about ${mbPerDay} MB a day`
}

function showPerHour({ heartbeat, full, throughput, canary, total }: PerHour): string {
  const whole = (n: number) => String(Math.round(n))
  return `${whole(total)} probes an hour (heartbeat ${whole(heartbeat)}, full ${whole(full)}, throughput ${whole(throughput)}, canary ${whole(canary)})`
}
