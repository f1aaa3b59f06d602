/** questions: which names are asked of whom. Pure. */
import net from 'node:net'
import type { Resolver, Vantage } from '../../model/vantage.ts'
import type { Diagnosis } from '../task.ts'
import type { Query } from './dns-trial.ts'

/** Of the vantage's own resolvers so many are asked. */
const OWN_RESOLVERS = 3
/** So many hosts of other services. */
const OTHER_HOSTS = 4

/** Who is asked what: name x resolver x type x spelling. */
export function questions(
  focus: string,
  spelled: string,
  { controlNames, publicResolver, noResolver }: Diagnosis,
  { resolvers, trustedResolver }: Pick<Vantage, 'resolvers' | 'trustedResolver'>,
  neutral: readonly { readonly address: string }[],
): Query[] {
  const nobody =
    noResolver ??
    neutral.find(({ address }) => net.isIP(address) !== 0 && address !== publicResolver)?.address ??
    null
  const away = publicResolver
  const udp = (address: string | null): Resolver | null =>
    address === null ? null : { kind: 'udp', address, port: 53 }
  const tcp: Resolver | null = away === null ? null : { kind: 'tcp', address: away, port: 53 }
  return [
    ...resolvers
      .slice(0, OWN_RESOLVERS)
      .flatMap((own) => [
        ...ask('target', focus, 'own', own, 'A', 'A', 'AAAA', 'HTTPS'),
        ...ask('mixed-case', spelled, 'own', own, 'A'),
        ...controlNames.flatMap((host) => ask('control', host, 'own', own, 'A', 'A')),
      ]),
    ...ask('target', focus, 'public', udp(away), 'A', 'A', 'AAAA', 'HTTPS'),
    ...ask('mixed-case', spelled, 'public', udp(away), 'A'),
    ...controlNames.flatMap((host) => ask('control', host, 'public', udp(away), 'A', 'A')),
    ...ask('target', focus, 'public', tcp, 'A'),
    ...ask('target', focus, 'trusted', trustedResolver, 'HTTPS'),
    ...controlNames.flatMap((host) => ask('control', host, 'trusted', trustedResolver, 'A')),
    ...ask('target', focus, 'nobody', udp(nobody), 'A', 'A'),
    ...controlNames.slice(0, 1).flatMap((host) => ask('control', host, 'nobody', udp(nobody), 'A', 'A')),
  ]
}

/** Hosts of other services, of the vantage's own resolver and of the trusted one: does a lie send all of them to one place? */
export function questionsElsewhere(
  { otherHosts = [] }: Diagnosis,
  { resolvers, trustedResolver }: Pick<Vantage, 'resolvers' | 'trustedResolver'>,
): Query[] {
  return otherHosts
    .slice(0, OTHER_HOSTS)
    .flatMap((host) => [
      ...ask('elsewhere', host, 'own', resolvers[0] ?? null, 'A'),
      ...ask('elsewhere', host, 'trusted', trustedResolver, 'A'),
    ])
}

function ask(
  name: Query['name'],
  host: string,
  who: Query['who'],
  resolver: Resolver | null,
  ...types: Query['queryType'][]
): Query[] {
  return resolver === null || resolver.kind === 'proxy'
    ? []
    : types.map((queryType) => ({ name, host, who, queryType, resolver }))
}
