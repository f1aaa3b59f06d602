/** Rules between the keys of one vantage, and between vantages. */
import type { Resolver } from '../model/vantage.ts'
import type { KeyPath } from './problem.ts'
import { parseResolver } from './resolver.ts'
import type { VantageShape } from './schema.ts'

/** Says what is wrong, and where. */
export type Complain = (path: KeyPath, text: string) => void

/** Whether something at, above or below a path was wrong in itself, so that its absence means nothing. */
export type Broken = (path: KeyPath) => boolean

/** @param vantages as they stand in the list; `undefined` = was wrong in itself and is left out */
export function checkVantages(
  vantages: readonly (VantageShape | undefined)[],
  broken: Broken,
  complain: Complain,
): void {
  const firstWith = new Map<string, number>()
  for (const [index, vantage] of vantages.entries()) {
    if (vantage === undefined) continue
    const first = firstWith.get(vantage.id)
    if (first === undefined) firstWith.set(vantage.id, index)
    else
      complain(['vantages', index, 'id'], `is the id of vantages[${first}] too; each vantage needs its own`)
    // of a kind that is none, what would go with it is not known
    if (broken(['vantages', index, 'kind'])) continue
    checkRoute(vantage, index, broken, complain)
    for (const [i, text] of (vantage.resolvers ?? []).entries()) {
      const wrong = misfit(parseResolver(text), vantage.kind)
      if (wrong !== null) complain(['vantages', index, 'resolvers', i], wrong)
    }
    checkTrusted(vantage, index, complain)
  }
}

function checkRoute(vantage: VantageShape, index: number, broken: Broken, complain: Complain): void {
  const { kind, host, port, username, password } = vantage
  if (kind === 'direct') {
    for (const [key, value] of Object.entries({ host, port, username, password })) {
      if (value !== undefined)
        complain(
          ['vantages', index, key],
          'is for a proxy, and kind is direct; set kind to socks5 or http-proxy',
        )
    }
    return
  }
  for (const [key, value] of Object.entries({ host, port })) {
    if (value === undefined)
      complain(['vantages', index, key], `is missing; kind ${kind} needs the host and port of the proxy`)
  }
  const absent = (key: 'username' | 'password') =>
    vantage[key] === undefined && !broken(['vantages', index, key])
  if (password !== undefined && absent('username')) {
    complain(['vantages', index, 'password'], 'needs a username beside it')
  }
  if (kind === 'socks5' && username !== undefined && absent('password')) {
    complain(['vantages', index, 'username'], 'needs a password beside it: SOCKS5 knows no user without one')
  }
}

function misfit(resolver: Resolver | null, kind: VantageShape['kind']): string | null {
  if (resolver?.kind === 'system' && kind !== 'direct') {
    return 'is system, which asks this machine and not the network behind the proxy; use proxy, tcp:// or https://'
  }
  if (resolver?.kind === 'proxy' && kind === 'direct')
    return 'is proxy, and kind is direct; use system, udp://, tcp:// or https://'
  if (resolver?.kind === 'udp' && kind === 'http-proxy')
    return 'is udp://, which an HTTP proxy cannot carry; use tcp:// or https://'
  return null
}

function checkTrusted(vantage: VantageShape, index: number, complain: Complain): void {
  const path = ['vantages', index, 'trustedResolver']
  const trusted = vantage.trustedResolver === null ? null : parseResolver(vantage.trustedResolver)
  if (trusted === null) return
  if (trusted.kind === 'system' || trusted.kind === 'proxy') {
    complain(path, `is ${trusted.kind}, whose answers are what is to be compared; use https:// or null`)
    return
  }
  const wrong = misfit(trusted, vantage.kind)
  if (wrong !== null) complain(path, wrong)
}
