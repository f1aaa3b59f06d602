/**
 * measurement: one of OONI's web_connectivity measurements as one of ours. Facts only: what it concluded is never read, neither
 * `blocking` and `accessible` nor what it compared.
 */
import type { Measurement } from '../model/measurement.ts'
import { hostOf } from '../net/endpoint.ts'
import { controlOf } from './control.ts'
import { idOf, originOf } from './identity.ts'
import { type Json, objectOf, objectsOf, textOf } from './json.ts'
import { joinFamilies, lookupsOf } from './lookups.ts'
import { networksOf } from './networks.ts'
import { depthOf, secondsOf } from './step.ts'
import { taggedSteps } from './tagged.ts'
import { untaggedSteps } from './untagged.ts'

const MS_PER_S = 1000
const WHERE_TAGS_ARE = ['queries', 'tcp_connect', 'tls_handshakes', 'requests'] as const

/**
 * @param raw the measurement as parsed
 * @param line its text, which names it where it has no name of its own
 */
export function measurementOf(raw: Json, line: string): Measurement {
  const testKeys = objectOf(raw['test_keys'])
  const input = inputOf(raw)
  const url = input === null ? null : URL.parse(input)
  const networks = networksOf(testKeys)
  const facts = controlOf(testKeys, url === null ? null : hostOf(url), networks)
  const tagged = isTagged(testKeys)
  const measured = lookupsOf(testKeys, networks)
  const lookups = tagged ? measured : joinFamilies(measured)
  const steps = tagged ? taggedSteps(testKeys, lookups, facts) : untaggedSteps(testKeys, lookups, url)
  const observations = [...lookups, ...steps]
  const startedAt = startOf(raw) ?? 0
  const lastMs = Math.max(0, ...observations.map(({ startedMs, durationMs }) => startedMs + durationMs))
  return {
    id: idOf(raw, line, startedAt),
    vantage: originOf(raw).vantage,
    endpoint: input ?? '',
    url: input ?? '',
    plan: 'full',
    purpose: 'import',
    startedAt,
    durationMs: (secondsOf(raw['test_runtime']) ?? 0) * MS_PER_S || lastMs,
    loopLagMs: 0,
    unfit: null,
    unfitDetail: null,
    observations,
    experiments: [],
    control: facts,
  }
}

/** The URL that was measured; where it is not said, the one the control was asked for, or the first that was requested. */
export function inputOf(raw: Json): string | null {
  const testKeys = objectOf(raw['test_keys'])
  const first = objectsOf(testKeys['requests']).at(-1)
  return (
    textOf(raw['input']) ??
    textOf(objectOf(testKeys['x_control_request'])['http_request']) ??
    textOf(objectOf(first?.['request'])['url'])
  )
}

/** Unix ms; `null` where the measurement does not say. */
export function startOf(raw: Json): number | null {
  const text = textOf(raw['measurement_start_time']) ?? textOf(raw['test_start_time'])
  if (text === null || !/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z?$/.test(text)) return null
  const at = Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`)
  return Number.isNaN(at) || at < 0 ? null : Math.trunc(at)
}

/** Only v0.5 says at which redirect its entries stand. */
function isTagged(testKeys: Json): boolean {
  return WHERE_TAGS_ARE.some((key) => objectsOf(testKeys[key]).some((entry) => depthOf(entry) !== null))
}
