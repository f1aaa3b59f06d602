/** What is watched, from where, and how it stands now, as it is seen outside. */
import { z } from 'zod'
import type { ServiceStatus } from '../../model/outage.ts'
import { STATES } from '../../model/outage.ts'
import type { Service } from '../../model/service.ts'
import { QUIC_STANDINGS } from '../../model/quic.ts'
import { HEALTHS } from '../../model/vantage.ts'
import { isoOf } from '../iso.ts'
import { withIsoTimes } from './iso-times.ts'
import { mechanism, moment, type Shown } from './shown.ts'

export const serviceRow = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    endpoints: z.array(
      z.strictObject({
        id: z.string(),
        service: z.string(),
        url: z.string(),
        role: z.enum(['primary', 'asset', 'media']),
        validFrom: moment().nullable(),
        validUntil: moment().nullable(),
      }),
    ),
  })
  .meta({ id: 'Service' })

export const vantageRow = z
  .strictObject({
    id: z.string(),
    role: z.enum(['probe', 'control']),
    country: z.string(),
    asn: z.int().nullable(),
    isp: z.string().nullable(),
    city: z.string().nullable(),
    health: z.enum(HEALTHS),
    blockedCanaries: z.array(z.string()).describe('Canaries proved to be blocked there themselves'),
  })
  .meta({ id: 'Vantage' })

/** With what the configuration alone knows: for whoever runs the lookout, not for the API. */
export const configuredVantageRow = z.strictObject({
  ...vantageRow.shape,
  way: z.string().describe('Kind of route to it'),
  resolvers: z.array(z.string()),
})

export const statusBody = z
  .strictObject({
    at: moment(),
    vantages: z.array(vantageRow),
    services: z.array(
      z.strictObject({
        service: z.string(),
        vantage: z.string(),
        state: z.enum(STATES),
        partial: z.boolean(),
        blockedOver: z
          .strictObject({ family: z.enum(['ipv4', 'ipv6']), mechanism: mechanism(), since: moment() })
          .nullable()
          .describe('The family over which it is blocked, while it can be reached over the other'),
        mechanism: mechanism(),
        because: z.string(),
        outageId: z.string().nullable(),
        since: moment(),
        lastMeasurement: moment().nullable().describe('When the last measurement that could be judged ended'),
        lastLook: moment()
          .nullable()
          .meta({ deprecated: true, description: 'Deprecated: use lastMeasurement' }),
        quic: z
          .strictObject({ standing: z.enum(QUIC_STANDINGS), because: z.string() })
          .describe('State of HTTP/3; it does not affect the state of the service'),
        heightenedUntil: moment().nullable(),
      }),
    ),
  })
  .meta({ id: 'Status' })

export function showService(service: Service): Shown<typeof serviceRow> {
  return withIsoTimes(service)
}

export function showStatus(
  at: number,
  vantages: readonly Shown<typeof vantageRow>[],
  services: readonly ServiceStatus[],
  heightened: ReadonlyMap<string, number>,
): Shown<typeof statusBody> {
  const rows = services.map((status) => ({
    ...status,
    lastLookAt: status.lastMeasurementAt,
    heightenedUntilAt: heightened.get(status.service) ?? null,
  }))
  return { at: isoOf(at), vantages, services: withIsoTimes(rows) }
}
