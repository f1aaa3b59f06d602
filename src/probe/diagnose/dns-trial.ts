/** One question to one resolver, or to an address where none runs. */
import { randomInt } from 'node:crypto'
import type { DnsExperiment } from '../../model/differential.ts'
import type { Resolver } from '../../model/vantage.ts'
import { askByDatagram, nameOf, waysToAsk } from '../dns/dns.ts'
import { failed, type Run } from '../run.ts'
import { since } from '../tcp.ts'

export interface Query {
  readonly name: DnsExperiment['name']
  readonly host: string
  readonly who: DnsExperiment['who']
  readonly queryType: DnsExperiment['queryType']
  readonly resolver: Exclude<Resolver, { kind: 'proxy' }>
}

/** For harmless names too: a reason that a resolver gives for all of them says nothing of one. */
const REASONS = { asksReasons: true } as const

/** @returns `null` where this way out carries no datagrams, and datagrams are what the trial is about */
export async function tryDns(run: Run, query: Query): Promise<DnsExperiment | null> {
  const { resolver, ...rest } = query
  const startedMs = run.watch()
  const about = { kind: 'dns', ...rest, resolver: nameOf(resolver), startedMs } as const
  const question = { host: query.host, type: query.queryType }
  try {
    const got =
      query.who === 'nobody' && resolver.kind === 'udp'
        ? await askByDatagram(run, resolver, question)
        : await waysToAsk(run, resolver, query.who === 'own' ? REASONS : {})(question, run.signal)
    if (got === null || (resolver.kind === 'udp' && query.who === 'public' && got.engine !== 'udp'))
      return null
    const { engine, failure, answers, late, details } = got
    const durationMs = since(run, startedMs)
    return { ...about, durationMs, engine, failure, answers, late: await late, ...(await details) }
  } catch (error) {
    const nothing = { engine: resolver.kind, answers: [], late: [] }
    return { ...about, durationMs: since(run, startedMs), failure: failed(run, error), ...nothing }
  }
}

/** `wWw.YoUtUbe.cOm`: the same name to a resolver, another string to a filter that compares bytes. Never the name as it was. */
export function inMixedCase(host: string): string {
  const mixed = host.replaceAll(/[a-z]/g, (letter) => (randomInt(2) === 0 ? letter.toUpperCase() : letter))
  return mixed === host ? host.charAt(0).toUpperCase() + host.slice(1) : mixed
}
