/**
 * trace: labelled looks in a file, one JSON object a line, so simple that other data can be written so.
 *
 *     {"kind":"didbon-trace","version":1,"roundMs":30000,
 *      "services":[{"id":"facebook","endpoints":[{"id":"facebook/www","role":"primary"}]}],
 *      "vantages":[{"id":"isp-1","country":"TJ"}],"canaries":[{"id":"canary/a","group":"international"}]}
 *     {"kind":"truth","what":"block","vantage":"isp-1","service":"facebook","mechanism":"tls.sni-reset",
 *      "from":"2015-05-28T05:00:00Z","to":"2015-05-28T15:00:00Z"}
 *     {"kind":"look","at":"2015-05-28T05:00:07Z","ms":130,"vantage":"isp-1","endpoint":"facebook/www",
 *      "failed":"tls connection_reset","control":"fine"}
 *     {"kind":"canary","at":"2015-05-28T05:00:08Z","ms":90,"vantage":"isp-1","canary":"canary/a","answered":true}
 *
 * The header comes first, truths before the measurements, looks and canaries in the order they ended. Times are ISO 8601 in UTC or Unix ms.
 * Of a measurement: `failed` is the layer and the OONI failure string of the step that failed (or `dns stranger`, `tls mitm`,
 * `http foreign_page`), left out or null when it was fine; `http`: it went as far as HTTP; `control`: `fine`, `fails`, or null for
 * none; `purpose`: `round` (the default) or `confirm`, which the rules of others do not see. Of a truth: `what` is `block`, `gone`
 * (not reachable for another reason; `service` null = the whole vantage) or `trouble`; `share` of the measurements it hits, 1 unless said;
 * `partial`: only hosts the service can do without.
 */
import { FAILURES, OTHERS_FAILURES } from '../model/failure.ts'
import { MECHANISMS, type Mechanism } from '../model/verdict.ts'
import type { Watch } from '../detect/settings.ts'
import type { Truth } from './alarms.ts'
import type { Failed, Facts } from './facts.ts'
import { fieldsOf, type Fields } from './fields.ts'

export type TraceLine =
  | { readonly kind: 'truth'; readonly truth: Truth }
  | {
      readonly kind: 'look'
      readonly vantage: string
      readonly endpoint: string
      readonly startedAt: number
      readonly endedAt: number
      readonly facts: Facts
      readonly purpose: 'round' | 'confirm'
    }
  | {
      readonly kind: 'canary'
      readonly vantage: string
      readonly canary: string
      readonly startedAt: number
      readonly endedAt: number
      readonly answered: boolean
    }

export type Place = { readonly file: string; readonly line: number }

/** Reads the first line. @throws AppError `usage`, with file, line, field and what would be right */
export function readHeader(text: string, place: Place): Watch {
  const header = fieldsOf(text, place)
  if (header.string('kind') !== 'didbon-trace' || header.number('version') !== 1) {
    throw header.wrong('kind', `must be "didbon-trace", version 1: the first line of a trace says what it is`)
  }
  const watch: Watch = {
    roundMs: header.number('roundMs'),
    services: header.list('services').map((service) => ({
      id: service.string('id'),
      endpoints: service
        .list('endpoints')
        .map((e) => ({ id: e.string('id'), role: e.word('role', ['primary', 'asset', 'media']) })),
    })),
    vantages: header.list('vantages').map((v) => ({ id: v.string('id'), country: v.string('country') })),
    canaries: header
      .list('canaries')
      .map((c) => ({ id: c.string('id'), group: c.word('group', ['international', 'domestic']) })),
  }
  return watch
}

/** Reads any other line. @throws AppError `usage`, with file, line, field and what would be right */
export function readLine(text: string, place: Place, watch: Watch): TraceLine {
  const line = fieldsOf(text, place)
  const kind = line.word('kind', ['truth', 'look', 'canary'])
  const vantage = idIn(line, 'vantage', watch.vantages)
  if (kind === 'truth') return { kind, truth: truthOf(line, vantage, watch) }
  const startedAt = line.time('at')
  const common = { vantage, startedAt, endedAt: startedAt + Math.ceil(line.number('ms', 0)) }
  if (kind === 'canary') {
    const canary = idIn(line, 'canary', watch.canaries)
    return { kind, ...common, canary, answered: line.flag('answered') }
  }
  const endpoint = idIn(
    line,
    'endpoint',
    watch.services.flatMap(({ endpoints }) => endpoints),
  )
  const failed = failedOf(line)
  const http = line.flag('http', failed?.layer === 'http')
  const control = line.has('control') ? line.word('control', ['fine', 'fails']) : null
  const purpose = line.word('purpose', ['round', 'confirm'], 'round')
  return { kind, ...common, endpoint, facts: { failed, http, control }, purpose }
}

function idIn(line: Fields, name: string, known: readonly { readonly id: string }[]): string {
  return line.word(
    name,
    known.map(({ id }) => id),
  )
}

function truthOf(line: Fields, vantage: string, watch: Watch): Truth {
  const fromAt = line.time('from')
  const untilAt = line.time('to')
  if (untilAt <= fromAt) throw line.wrong('to', 'must be after from')
  const service = line.has('service') ? idIn(line, 'service', watch.services) : null
  const what = line.word('what', ['block', 'gone', 'trouble'])
  const share = line.number('share', 1)
  if (share === 0 || share > 1)
    throw line.wrong('share', 'must be a share of the measurements, above 0 and up to 1')
  if (what === 'block' && service === null)
    throw line.wrong('service', 'must be named: a block is of a service')
  return {
    kind: what,
    service,
    vantage,
    fromAt,
    untilAt,
    mechanism: line.has('mechanism') ? line.word<Mechanism>('mechanism', MECHANISMS) : null,
    share,
    partial: line.flag('partial', false),
  }
}

const SPECIAL: ReadonlySet<string> = new Set(['dns stranger', 'tls mitm', 'http foreign_page'])
const LAYERS = ['dns', 'tcp', 'tls', 'http'] as const

function failedOf(line: Fields): Failed | null {
  if (!line.has('failed')) return null
  const text = line.string('failed')
  const gap = text.indexOf(' ')
  const [layer, failure] = [text.slice(0, gap), text.slice(gap + 1)]
  const known = LAYERS.find((one) => one === layer)
  const isKnown =
    SPECIAL.has(text) ||
    failure.startsWith('unknown_failure: ') ||
    [...FAILURES, ...OTHERS_FAILURES].some((one) => one === failure)
  if (known === undefined || !isKnown) {
    throw line.wrong(
      'failed',
      'must be a layer (dns, tcp, tls, http) and an OONI failure string, such as "tls connection_reset"',
    )
  }
  return { layer: known, failure }
}

/** A line of a trace as text. */
export function showLine(line: TraceLine): string {
  if (line.kind === 'truth') {
    const { kind: what, service, vantage, fromAt, untilAt, mechanism, share, partial } = line.truth
    return JSON.stringify({
      kind: 'truth',
      what,
      vantage,
      service,
      ...(mechanism !== null && { mechanism }),
      from: new Date(fromAt).toISOString(),
      to: new Date(untilAt).toISOString(),
      ...(share !== 1 && { share }),
      ...(partial && { partial }),
    })
  }
  const { kind, vantage, startedAt: at, endedAt } = line
  const common = { kind, at, ms: endedAt - at, vantage }
  if (line.kind === 'canary')
    return JSON.stringify({ ...common, canary: line.canary, answered: line.answered })
  const { failed, http, control } = line.facts
  return JSON.stringify({
    ...common,
    endpoint: line.endpoint,
    ...(failed !== null && { failed: `${failed.layer} ${failed.failure}` }),
    ...(http && { http }),
    ...(control !== null && { control }),
    ...(line.purpose === 'confirm' && { purpose: 'confirm' }),
  })
}

/** The first line of a trace as text. */
export function showHeader({ roundMs, services, vantages, canaries }: Watch): string {
  return JSON.stringify({ kind: 'didbon-trace', version: 1, roundMs, services, vantages, canaries })
}
