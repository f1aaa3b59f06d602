/**
 * matrix: which trials are made. Pure: what to compare with what, not how.
 *
 *     baseline (harmless only) ─► survey (each host once, by its own name) ─► ways around ─► matrix (the host that failed)
 *
 * The baseline comes first because a filter that remembers would taint it, and ways around a filter are tried first where it has
 * not been met yet; within a stage the order is random.
 */
import net from 'node:net'
import type { Hello } from '../../model/differential.ts'
import type { Sent } from './trial.ts'
import type { KnownHost } from './truth.ts'

/** A server to compare with: its own name, and one it does not serve. */
export interface Neutral {
  readonly host: string
  readonly other: string
  readonly address: string
  /** `null`: has none, or the vantage does not use IPv6 */
  readonly address6: string | null
}

export type Wanted =
  | { readonly kind: 'tls'; readonly sent: Sent; readonly hello: Hello }
  | { readonly kind: 'http'; readonly sent: Sent }

const HTTPS = 443
const HTTP = 80

/** Names nobody minds, at the neutral servers and at the service's own addresses. */
export function baseline(neutral: readonly Neutral[], hosts: readonly KnownHost[]): Wanted[] {
  const [first] = neutral
  return [
    ...neutral.flatMap((server) => [
      ...tls(at(server, 'neutral'), 'small', 'large'),
      ...tls(at(server, 'other'), 'small', 'small'),
      ...tls(at(server, 'none'), 'small'),
      ...http(at(server, 'neutral')),
      ...http(at(server, 'other'), 2),
      ...(server.address6 === null
        ? []
        : tls({ ...at(server, 'neutral'), address: server.address6 }, 'small')),
    ]),
    ...(first === undefined
      ? []
      : hosts.flatMap(({ known, port, scheme }) =>
          known.slice(0, 1).flatMap((address) => {
            const sent = { name: 'neutral', host: first.host, at: 'target', address, port } as const
            return scheme === 'https' ? tls(sent, 'small') : http(sent)
          }),
        )),
  ]
}

/** Each host by its own name at its own address. */
export function survey(hosts: readonly KnownHost[]): Wanted[] {
  return hosts.flatMap((host) => {
    const addresses = [host.known.find(net.isIPv4), host.known.find(net.isIPv6)]
    return addresses.flatMap((address) => {
      if (address === undefined) return []
      const sent = toTarget(host, address, host.port)
      return host.scheme === 'https' ? tls(sent, 'small') : http(sent)
    })
  })
}

/**
 * The way people go where a proxy resolves: to the name itself, and to names that nobody blocks beside it. The address is what the
 * proxy makes of it.
 */
export function byName(focus: KnownHost, neutral: readonly Neutral[]): Wanted[] {
  const secure = focus.scheme === 'https'
  const port = secure ? HTTPS : HTTP
  const make = (sent: Sent, times: number): Wanted[] =>
    secure ? tls(sent, ...Array.from({ length: times }, () => 'small' as const)) : http(sent, times)
  return [
    ...make({ ...toTarget(focus, focus.host, focus.port), at: 'named' }, 3),
    ...neutral.flatMap(({ host, other }) => [
      ...make({ name: 'neutral', host, at: 'named', address: host, port }, 2),
      ...make({ name: 'other', host: other, at: 'named', address: other, port }, 1),
    ]),
  ]
}

/** Hellos a filter may not read, sent to servers where the plain one has not been seen yet. */
export function waysAround(focus: KnownHost, neutral: readonly Neutral[]): Wanted[] {
  const [, fresh] = focus.known.filter(net.isIPv4)
  const [, second] = neutral
  return [
    ...(second === undefined ? [] : tls(unvouched(focus.host, second), 'split')),
    ...(fresh === undefined ? [] : tls(toTarget(focus, fresh, tlsPortOf(focus)), 'large')),
  ]
}

/** Everything about one host: name x address x hello x family, and Host x address. */
export function matrix(focus: KnownHost, neutral: readonly Neutral[]): Wanted[] {
  const [first, second] = neutral
  const ipv4 = focus.known.filter(net.isIPv4)
  const ipv6 = focus.known.filter(net.isIPv6)
  const [own] = [...ipv4, ...ipv6]
  const port = tlsPortOf(focus)
  const webPort = focus.scheme === 'http' ? focus.port : HTTP
  const wanted: Wanted[] = []
  if (own !== undefined) {
    const there = toTarget(focus, own, port)
    wanted.push(
      ...tls(there, 'small', 'large', 'split', 'split'),
      ...tls({ ...there, name: 'none', host: '' }, 'small'),
      ...http(toTarget(focus, own, webPort), 2),
    )
    if (first !== undefined) {
      wanted.push(
        ...tls({ ...there, name: 'neutral', host: first.host }, 'small'),
        ...tls({ ...there, name: 'other', host: first.other }, 'small'),
        ...http({ ...toTarget(focus, own, webPort), name: 'other', host: first.other }),
      )
    }
  }
  for (const address of [...ipv4.slice(1), ...ipv6.slice(0, 1)])
    wanted.push(...tls(toTarget(focus, address, port), 'small'))
  if (first !== undefined) {
    const unvouchedHost = unvouched(focus.host, first)
    wanted.push(
      ...tls(unvouchedHost, 'small', 'small', 'small', 'split', 'large'),
      ...tls(at(first, 'other'), 'small', 'small'),
      ...tls(at(first, 'neutral'), 'small'),
      ...http(unvouchedHost, 3),
      ...http(at(first, 'other')),
      ...http(at(first, 'neutral')),
    )
    if (first.address6 !== null && ipv6.length > 0) {
      wanted.push(...tls({ ...unvouchedHost, address: first.address6 }, 'small'))
    }
  }
  if (second !== undefined) {
    const unvouchedHost = unvouched(focus.host, second)
    wanted.push(
      ...tls(unvouchedHost, 'small', 'small'),
      ...tls(at(second, 'other'), 'small'),
      ...http(unvouchedHost, 2),
      ...http(at(second, 'other')),
    )
  }
  return wanted
}

/** A service in cleartext has its TLS, if any, where everybody has. */
function tlsPortOf({ scheme, port }: KnownHost): number {
  return scheme === 'https' ? port : HTTPS
}

/** One trial for each hello. */
function tls(sent: Sent, ...hellos: readonly Hello[]): Wanted[] {
  return hellos.map((hello) => ({ kind: 'tls', sent, hello }))
}

function http(sent: Sent, times = 1): Wanted[] {
  const wanted: Wanted = { kind: 'http', sent: sent.port === HTTPS ? { ...sent, port: HTTP } : sent }
  return Array.from({ length: times }, () => wanted)
}

/** A harmless name at a neutral server. */
function at({ host, other, address }: Neutral, name: 'neutral' | 'other' | 'none'): Sent {
  const sent = name === 'neutral' ? host : name === 'other' ? other : ''
  return { name, host: sent, at: 'neutral', address, port: HTTPS }
}

/** A host of the service at its own address. */
function toTarget({ host }: KnownHost, address: string, port: number): Sent {
  return { name: 'target', host, at: 'target', address, port }
}

/** A name of the service where it has no business. */
function unvouched(host: string, { address }: Neutral): Sent {
  return { name: 'target', host, at: 'neutral', address, port: HTTPS }
}
