/** Rules between sections and between the two files. */
import { checkDiagnose } from './diagnose-checks.ts'
import { ownerOf, related } from './related.ts'
import type { Broken, Complain } from './vantage-checks.ts'
import type { FileShape } from './schema.ts'
import type { ServicesShape } from './services-schema.ts'

/** With fewer there is no telling a dead canary from a dead link. */
const MIN_INTERNATIONAL = 2

/** Rules inside services.yaml. */
export function checkServices(shape: ServicesShape, broken: Broken, complain: Complain): void {
  if (Object.keys(shape.services).length === 0 && !broken(['services']))
    complain(['services'], 'is empty; name at least one service')
  const hosts = new Map<string, string>()
  for (const [id, service] of Object.entries(shape.services)) {
    const path = ['services', id, 'endpoints']
    const endpoints = Object.entries(service.endpoints)
    if (!endpoints.some(([, e]) => e.role === 'primary') && !broken(path)) {
      complain(path, 'has no endpoint with role primary; without one the service could never be out')
    }
    for (const [name, { url, transfer, validFrom, validUntil }] of endpoints) {
      hosts.set(new URL(url).hostname, `${id}/${name}`)
      if (transfer !== undefined && new URL(transfer).hostname !== new URL(url).hostname)
        complain([...path, name, 'transfer'], 'has another host than url; throttling goes by the host')
      if (validFrom !== null && validUntil !== null && Date.parse(validFrom) >= Date.parse(validUntil)) {
        complain([...path, name, 'validUntil'], 'is not after validFrom')
      }
    }
  }
  checkCanaries(shape.canaries, hosts, broken, complain)
}

function checkCanaries(
  canaries: ServicesShape['canaries'],
  hosts: ReadonlyMap<string, string>,
  broken: Broken,
  complain: Complain,
): void {
  const need = { international: MIN_INTERNATIONAL, domestic: 1 } as const
  for (const group of ['international', 'domestic'] as const) {
    const path = ['canaries', group]
    const entries = Object.entries(canaries[group])
    if (entries.length < need[group] && !broken(path))
      complain(path, `holds ${entries.length}; name at least ${need[group]}`)
    for (const [name, { url }] of entries) {
      const { hostname } = new URL(url)
      const target = [...hosts].find(([host]) => related(host, hostname))
      if (target !== undefined) {
        complain(
          [...path, name, 'url'],
          `has the host of ${target[1]}, which is watched; a canary must never be a target`,
        )
      }
    }
  }
  for (const name of Object.keys(canaries.domestic)) {
    if (Object.hasOwn(canaries.international, name))
      complain(['canaries', 'domestic', name], 'is the name of an international canary too')
  }
}

/** services.yaml as far as it is sound, and whether something at a path in it is not. */
export interface Watched {
  readonly shape: ServicesShape
  readonly broken: Broken
}

/** Rules inside didbon.yaml, and between it and the services. `watched`: `null` = not known, services.yaml is broken. */
export function checkSections(
  shape: FileShape,
  watched: Watched | null,
  broken: Broken,
  complain: Complain,
): void {
  const { probe, schedule, vantages } = shape
  if (!vantages.some((v) => v?.role === 'probe') && !broken(['vantages'])) {
    complain(['vantages'], 'has no vantage with role probe; controls only serve for comparison')
  }
  for (const key of ['dnsTimeoutMs', 'tcpTimeoutMs', 'tlsTimeoutMs', 'httpTimeoutMs'] as const) {
    if (probe[key] > probe.totalTimeoutMs && !broken(['probe', 'totalTimeoutMs'])) {
      complain(
        ['probe', key],
        `is ${probe[key]}, more than totalTimeoutMs (${probe.totalTimeoutMs}) leaves a probe in all`,
      )
    }
  }
  for (const [i, ms] of schedule.confirmAfterMs.entries()) {
    const before = schedule.confirmAfterMs[i - 1] ?? -1
    if (ms <= before)
      complain(['schedule', 'confirmAfterMs', i], `is ${ms}, not more than the ${before} before it`)
  }
  checkTokens(shape.serve.tokens, complain)
  checkDiagnose(shape, watched?.shape ?? null, broken, complain)
  checkNeutral(shape, watched?.shape ?? null, complain)
  for (const id of Object.keys(schedule.services)) {
    if (watched === null || watched.broken(['services', id])) continue
    if (!Object.hasOwn(watched.shape.services, id)) {
      const known = Object.keys(watched.shape.services).join(', ')
      complain(['schedule', 'services', id], `is not a service in ${shape.services}; there are ${known}`)
    }
  }
  for (const group of ['international', 'domestic'] as const) {
    const quorum = shape.detect[`${group}Quorum`]
    if (quorum === undefined || watched === null || watched.broken(['canaries', group])) continue
    const have = Object.keys(watched.shape.canaries[group]).length
    if (quorum > have) {
      complain(
        ['detect', `${group}Quorum`],
        `is ${quorum}, and ${shape.services} has ${have} ${group} canaries`,
      )
    }
  }
}

/** A host that is throttled or blocked together with what it is compared with would hide it. */
function checkNeutral(
  { throughput, probe }: FileShape,
  watched: ServicesShape | null,
  complain: Complain,
): void {
  for (const [i, url] of throughput.neutral.entries()) {
    const target = ownerOf(new URL(url).hostname, watched)
    if (target !== null)
      complain(
        ['throughput', 'neutral', i],
        `has a host of ${target}, which is watched; name a file of somebody else's`,
      )
  }
  const { neutralName, reference } = probe.quic
  for (const [key, host] of Object.entries({ neutralName, reference: reference?.split('#')[0] ?? null })) {
    const target = host === null ? null : ownerOf(host.toLowerCase(), watched)
    if (target !== null)
      complain(
        ['probe', 'quic', key],
        `has a host of ${target}, which is watched; compare with one nobody blocks`,
      )
  }
}

/** One name, one token: the audit log must say who it was. */
function checkTokens(tokens: FileShape['serve']['tokens'], complain: Complain): void {
  for (const key of ['name', 'sha256'] as const) {
    const firstAt = new Map<string, number>()
    for (const [i, token] of tokens.entries()) {
      const first = firstAt.get(token[key])
      if (first === undefined) firstAt.set(token[key], i)
      else
        complain(
          ['serve', 'tokens', i, key],
          `is that of serve.tokens[${first}] too; each token needs its own`,
        )
    }
  }
}
