/**
 * small-row: a measurement and its verdict, ready to be written.
 *
 * Every measurement becomes one small row. One that was fine is kept only so, save for every n-th of its endpoint and
 * vantage; any other, and every diagnosis, keeps its full record beside it.
 */
import type { CanaryAnswer } from '../../model/judged-measurement.ts'
import type { Layer, Measurement } from '../../model/measurement.ts'
import type { Rates } from '../../model/rates.ts'
import type { Verdict } from '../../model/verdict.ts'
import { pack } from './packed.ts'
import type { MeasurementTable } from '../file/schema.ts'
import { uuidBytes } from '../file/uuid.ts'

/** What waits in the queue: a row without its dictionary ids, which are given when it is written. */
export interface SmallRow extends Omit<MeasurementTable, 'seq' | 'series_id' | 'verdict_id'> {
  readonly id: string
  readonly endpoint: string
  readonly vantage: string
  readonly url: string
  readonly plan: Measurement['plan']
  readonly purpose: Measurement['purpose']
  readonly verdict: Verdict | null
  /** the full record, packed; `null` = not kept */
  readonly record: Buffer | null
  /** what it was judged with, kept in full likewise */
  readonly controls: readonly PackedControl[]
  /** JSON; `null` = no bytes were timed */
  readonly rates: string | null
}

/** A control's measurement that a measurement was judged with. */
export interface PackedControl {
  readonly uuid: Buffer
  readonly record: Buffer
}

/** Time passed, and something changed by it; stands in the queue between the measurements it came between. */
export interface Tick {
  readonly tickAt: number
}

/** Several looks are judged with one control: it is packed once. */
const packed = new WeakMap<Measurement, PackedControl>()

function packControl(control: Measurement): PackedControl {
  const known = packed.get(control) ?? {
    uuid: uuidBytes(control.id),
    record: pack(JSON.stringify(control)),
  }
  packed.set(control, known)
  return known
}

/** A measurement, and what is kept beside it. */
export interface Kept {
  readonly measurement: Measurement
  readonly verdict: Verdict | null
  readonly answered?: CanaryAnswer | null
  /** what it was judged with */
  readonly controls?: readonly Measurement[]
  readonly rates?: Rates | null
}

/**
 * @param sampled asked only of a measurement that was fine: is it this one's turn to be kept in full?
 * @throws TypeError when the measurement is malformed
 */
export function smallRow(
  { measurement, verdict, answered = null, controls = [], rates = null }: Kept,
  sampled: (endpoint: string, vantage: string) => boolean,
): SmallRow {
  const { id, endpoint, vantage, url, plan, purpose, startedAt, durationMs, unfit, observations } =
    measurement
  if (!Number.isSafeInteger(startedAt))
    throw new TypeError(`startedAt of ${id} is not whole ms: ${startedAt}`)
  if (!Number.isFinite(durationMs)) throw new TypeError(`durationMs of ${id} is not a number: ${durationMs}`)
  const keep = !isFine(measurement, verdict, answered) || plan === 'diagnose' || sampled(endpoint, vantage)
  return {
    id,
    uuid: uuidBytes(id),
    endpoint,
    vantage,
    url,
    plan,
    purpose,
    verdict,
    started_at: startedAt,
    duration_ms: Math.ceil(durationMs), // up: what ended within a millisecond was not over at its start
    dns_ms: stepMs(measurement, 'dns'),
    tcp_ms: stepMs(measurement, 'tcp'),
    tls_ms: stepMs(measurement, 'tls'),
    http_ms: stepMs(measurement, 'http'),
    saw_http: observations.some(({ layer }) => layer === 'http') ? 1 : 0,
    unfit,
    answered,
    rates: rates === null ? null : JSON.stringify(rates),
    record: keep ? pack(JSON.stringify(measurement)) : null,
    controls: controls.map(packControl),
  }
}

function isFine(
  { unfit, observations }: Measurement,
  verdict: Verdict | null,
  answered: CanaryAnswer | null,
): boolean {
  if (unfit !== null) return false
  if (verdict !== null)
    return (
      verdict.outcome === 'ok' &&
      verdict.mechanism === null &&
      verdict.quic !== 'drop' &&
      verdict.quic !== 'sni'
    )
  if (answered !== null) return answered === 'yes'
  return observations.every(({ failure }) => failure === null)
}

/** How long the step took users of the network: the first that succeeded for the URL asked for, not for comparison. */
function stepMs({ observations }: Measurement, layer: Layer): number | null {
  const step = observations.find(
    (o) =>
      o.layer === layer &&
      o.depth === 0 &&
      o.failure === null &&
      !(o.layer === 'dns' && o.role === 'trusted'),
  )
  return step === undefined ? null : Math.round(step.durationMs)
}
