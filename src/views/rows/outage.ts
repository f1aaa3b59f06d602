/** An outage as it is seen outside. */
import { z } from 'zod'
import { CAUSES, type Outage } from '../../model/outage.ts'
import { isoOf } from '../iso.ts'
import { withIsoTimes } from './iso-times.ts'
import { mechanism, moment, type Shown } from './shown.ts'

export const outageRow = z
  .strictObject({
    id: z.string(),
    kind: z.literal('measured'),
    service: z.string().nullable().describe('null: the vantage itself lost the outside world, or everything'),
    vantage: z.string(),
    cause: z.enum(CAUSES),
    mechanism: mechanism(),
    onset: z
      .tuple([moment().nullable(), moment()])
      .describe('The last measurement that succeeded (null: none ever did) and the first that failed'),
    end: z
      .tuple([moment(), moment()])
      .nullable()
      .describe('The last measurement that failed and the first that succeeded again; null: ongoing'),
    opened: moment().describe('When there was enough evidence to open it'),
    closed: moment().nullable(),
    durationMs: z
      .int()
      .nullable()
      .describe('From the first measurement that failed to the first that succeeded again; null: ongoing'),
    reopened: z.int(),
    because: z.string(),
    causes: z.array(
      z.strictObject({ at: moment(), cause: z.enum(CAUSES), mechanism: mechanism(), reason: z.string() }),
    ),
    evidence: z.array(z.string()).describe('Ids of the measurements that opened it or changed its cause'),
  })
  .meta({ id: 'Outage' })

export function showOutage(outage: Outage): Shown<typeof outageRow> {
  const { endAfterAt, endBeforeAt, causes } = outage
  return {
    id: outage.id,
    kind: 'measured',
    service: outage.service,
    vantage: outage.vantage,
    cause: outage.cause,
    mechanism: outage.mechanism,
    onset: [isoOf(outage.onsetAfterAt), isoOf(outage.onsetBeforeAt)],
    end: endAfterAt === null || endBeforeAt === null ? null : [isoOf(endAfterAt), isoOf(endBeforeAt)],
    opened: isoOf(outage.openedAt),
    closed: isoOf(outage.closedAt),
    durationMs: endBeforeAt === null ? null : endBeforeAt - outage.onsetBeforeAt,
    reopened: outage.reopened,
    because: causes.at(-1)?.reason ?? '',
    causes: withIsoTimes(causes),
    evidence: outage.evidence,
  }
}
