/**
 * Addresses that can be believed: what a trusted resolver says through the vantage, and what controls got. What only the vantage's
 * own resolver says is kept apart: it may be the lie that is looked for.
 */
import net from 'node:net'
import type { DnsExperiment } from '../../model/differential.ts'
import type { Vantage } from '../../model/vantage.ts'
import { connectable, type Choice } from '../addresses.ts'
import type { Run } from '../run.ts'
import type { DiagnosedHost } from '../task.ts'
import { addressTypes, literalAnswer } from '../../model/dns.ts'
import { tryDns } from './dns-trial.ts'

/** How many addresses of one family are tried. */
const PER_FAMILY = 2

/** One host with the addresses others vouch for. */
export interface KnownHost extends DiagnosedHost {
  /** IPv4 first */
  readonly known: readonly string[]
}

/** Looks one host up with the trusted resolver. @returns the questions asked as trials too */
export async function vouchFor(
  run: Run,
  vantage: Vantage,
  host: string,
  given: readonly string[],
): Promise<{ addresses: string[]; dnsTrials: DnsExperiment[] }> {
  const choice: Choice = {
    perFamily: PER_FAMILY,
    ipv6: run.settings.ipv6,
    connectToLoopback: run.settings.connectToLoopback,
  }
  if (net.isIP(host) !== 0) return { addresses: [host], dnsTrials: [] }
  const { trustedResolver: resolver } = vantage
  const dnsTrials: DnsExperiment[] = []
  if (resolver !== null && resolver.kind !== 'proxy' && resolver.kind !== 'system') {
    const types = addressTypes(run.settings.ipv6)
    const answers = await Promise.all(
      types.map((queryType) => tryDns(run, { name: 'target', host, who: 'trusted', queryType, resolver })),
    )
    dnsTrials.push(...answers.filter((answer) => answer !== null))
  }
  const all = [...dnsTrials.flatMap(({ answers }) => answers), ...given.map(literalAnswer)].filter(
    ({ value }) => !run.isBogon(value) || run.settings.connectToLoopback,
  )
  return { addresses: connectable(all, choice), dnsTrials }
}
