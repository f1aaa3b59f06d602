/** A measurement as it is seen outside: the small row, and the full record where it was kept. */
import { z } from 'zod'
import type { MeasurementSummary } from '../../model/history.ts'
import { type Measurement, PLANS, PURPOSES } from '../../model/measurement.ts'
import { QUIC_STANDINGS } from '../../model/quic.ts'
import { OUTCOMES } from '../../model/verdict.ts'
import { withIsoTimes } from './iso-times.ts'
import { mechanism, moment, type Shown } from './shown.ts'

const layer = z.enum(['dns', 'tcp', 'tls', 'http', 'quic'])
const plan = z.enum(PLANS)
const purpose = z.enum(PURPOSES)
const unfit = z
  .enum(['late_thread', 'our_error', 'vantage_unreachable', 'interrupted'])
  .nullable()
  .describe('Why it must not be judged; null: it can be')

export const measurementRow = z
  .strictObject({
    id: z.string(),
    endpoint: z.string(),
    vantage: z.string(),
    url: z.string(),
    plan,
    purpose,
    started: moment(),
    ended: moment(),
    unfit,
    verdict: z
      .strictObject({
        reached: z.enum(['yes', 'no', 'unknown']),
        outcome: z.enum(OUTCOMES),
        layer: layer.nullable(),
        mechanism: mechanism(),
        rule: z.string(),
        because: z.string(),
        failure: z.string().nullable(),
        weight: z.number(),
        silent: z.boolean(),
        blocking: z.union([
          z.enum(['dns', 'tcp_ip', 'http-failure', 'http-diff']),
          z.literal(false),
          z.null(),
        ]),
        accessible: z.boolean().nullable(),
        quic: z
          .enum(QUIC_STANDINGS)
          .exactOptional()
          .describe('State of HTTP/3; absent: the measurement says nothing about it'),
      })
      .nullable(),
  })
  .meta({ id: 'Measurement' })

/** Observations differ by layer; what each holds is in the documentation of the model. */
export const fullMeasurement = z
  .strictObject({
    id: z.string(),
    vantage: z.string(),
    endpoint: z.string(),
    url: z.string(),
    plan,
    purpose,
    started: moment(),
    durationMs: z.number(),
    loopLagMs: z.number(),
    unfit,
    unfitDetail: z.string().nullable(),
    observations: z.array(
      z.looseObject({
        layer,
        depth: z.int(),
        startedMs: z.number(),
        durationMs: z.number(),
        failure: z.string().nullable(),
      }),
    ),
    experiments: z.array(
      z.looseObject({
        kind: z.string(),
        startedMs: z.number(),
        durationMs: z.number(),
        failure: z.string().nullable(),
      }),
    ),
    control: z
      .looseObject({})
      .nullable()
      .describe('What the control of an imported measurement saw; null: it had none'),
    publicPrefixes: z
      .array(z.string())
      .exactOptional()
      .describe('Ranges of addresses that were configured to count as public; absent: none'),
    served: z
      .array(z.string())
      .exactOptional()
      .describe(
        'Addresses at which a certificate for the host checked out here in earlier measurements; absent: none known',
      ),
    cuts: z
      .array(z.number())
      .exactOptional()
      .describe(
        'Bytes after which the pages of the measurements before stopped, the last one first; absent: none did, or one came whole since',
      ),
  })
  .meta({ id: 'FullMeasurement' })

export function showMeasurement(summary: MeasurementSummary): Shown<typeof measurementRow> {
  return withIsoTimes(summary)
}

export function showFullMeasurement(measurement: Measurement): Shown<typeof fullMeasurement> {
  return withIsoTimes(measurement)
}
