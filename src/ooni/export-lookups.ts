/** export-lookups: our lookups as OONI's archival records. @see OONI df-002-dnst */
import type { DnsObservation, Observation } from '../model/measurement.ts'
import type { DnsAnswer } from '../model/dns.ts'
import { scrub } from '../net/scrub.ts'

/** where OONI's own numbers begin */
const FIRST_LOOKUP = 10_001
const S_PER_MS = 1 / 1000

export function archivedLookups(observations: readonly Observation[]): object[] {
  return lookupsIn(observations).map((seen, at) => ({
    ...query({ seen, transaction: FIRST_LOOKUP + at }),
    ...replyDetails(seen),
  }))
}

/** Late answers to one question, each as a record of its own: somebody answered in the resolver's name. */
export function duplicates(observations: readonly Observation[]): object[] {
  return lookupsIn(observations).flatMap((seen, at) =>
    seen.late.map((reply) =>
      query({
        seen: {
          ...seen,
          startedMs: seen.startedMs + seen.durationMs,
          durationMs: reply.afterMs,
          failure: reply.failure,
          answers: reply.answers,
        },
        transaction: FIRST_LOOKUP + at,
      }),
    ),
  )
}

/** Seconds after the measurement began. */
export function times({ startedMs, durationMs }: Observation): { t0: number; t: number } {
  return { t0: startedMs * S_PER_MS, t: (startedMs + durationMs) * S_PER_MS }
}

function lookupsIn(observations: readonly Observation[]): DnsObservation[] {
  return observations.filter((seen) => seen.layer === 'dns')
}

function query({
  seen,
  transaction,
}: {
  readonly seen: DnsObservation
  readonly transaction: number
}): object {
  const isOwn = seen.role === 'vantage'
  return {
    answers: seen.failure === null ? seen.answers.map(answer) : null,
    engine: isOwn ? 'system' : seen.engine,
    failure: seen.failure,
    hostname: seen.host,
    query_type: seen.queryType,
    // Whose resolver people use tells where they are.
    resolver_address: isOwn ? '' : seen.resolver,
    resolver_hostname: null,
    resolver_port: null,
    ...times(seen),
    tags: [...(isOwn ? ['classic'] : []), `depth=${seen.depth}`],
    transaction_id: transaction,
    x_engine: seen.engine,
    x_role: seen.role,
  }
}

/** Records beside the answers stay here: they name the resolver's network as its address does. */
function replyDetails({ authoritative, recursionUnavailable, extendedErrors }: DnsObservation): object {
  return {
    ...(authoritative && { x_authoritative: true }),
    ...(recursionUnavailable && { x_recursion_unavailable: true }),
    ...(extendedErrors && {
      x_extended_errors: extendedErrors.map(({ code, text }) => ({ code, text: scrub(text) })),
    }),
  }
}

function answer({ type, value, ttlS, asn }: DnsAnswer): object {
  const of = type === 'A' ? { ipv4: value } : type === 'AAAA' ? { ipv6: value } : { hostname: value }
  return { answer_type: type, ...of, ttl: ttlS, ...(asn !== null && { asn }) }
}
