/** Which addresses are connected to, and where each came from. */
import type { AddressSource } from '../model/measurement.ts'
import type { DnsAnswer } from '../model/dns.ts'
import { familyOf, isLinkLocal, isOwnMachine } from '../net/addresses.ts'
import type { ProbeSettings } from '../model/probe-settings.ts'

export interface Target {
  /** literal IP, or a name where the proxy resolves */
  readonly address: string
  readonly source: AddressSource
}

export interface Choice {
  readonly perFamily: number
  readonly ipv6: boolean
  readonly connectToLoopback: boolean
}

export function choiceOf(settings: ProbeSettings): Choice {
  const { addressesPerFamily: perFamily, ipv6, connectToLoopback } = settings
  return { perFamily, ipv6, connectToLoopback }
}

/** The addresses in an answer that may be connected to: at most so many of each family, in the order given. */
export function connectable(answers: readonly DnsAnswer[], choice: Choice): string[] {
  const of = (type: 'A' | 'AAAA') =>
    answers.filter((a) => a.type === type && mayConnect(a.value, choice)).map((a) => a.value)
  return [...new Set(of('A')).values()]
    .slice(0, choice.perFamily)
    .concat(choice.ipv6 ? [...new Set(of('AAAA'))].slice(0, choice.perFamily) : [])
}

/** One address the control got, when it shares none with the vantage: does the address work where the name is lied about? */
export function controlAddress(
  answers: readonly DnsAnswer[],
  extra: readonly string[],
  choice: Choice,
): string | null {
  if (answers.some((a) => extra.includes(a.value))) return null
  const usable = extra.filter((address) => mayConnect(address, choice))
  return usable.find((address) => familyOf(address) === 4) ?? usable[0] ?? null
}

/** Where an answer or a redirect sends us is the site's choice, or a censor's: never to this machine, nor to a cloud's keys. */
function mayConnect(address: string, choice: Choice): boolean {
  const family = familyOf(address)
  if (family === null || (family === 6 && !choice.ipv6)) return false
  if (isLinkLocal(address)) return false
  return choice.connectToLoopback || !isOwnMachine(address)
}
