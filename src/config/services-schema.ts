/** The shape of services.yaml: what is watched, and the canaries that tell us about a vantage itself. */
import { z } from 'zod'
import { moment, name, oneOf, section, text, webUrl } from './fields.ts'

const endpointSchema = section({
  url: webUrl(),
  role: oneOf(['primary', 'asset', 'media']).describe(
    'primary: the service is unusable without it. asset: pages look broken without it. media: the bytes people came for.',
  ),
  transfer: webUrl()
    .optional()
    .describe('What is fetched to see how fast bytes come; left out: the URL itself, for media.'),
  validFrom: moment()
    .nullable()
    .default(null)
    .describe('In force from this moment (UTC); left out: since ever.'),
  validUntil: moment().nullable().default(null).describe('In force until just before this moment (UTC).'),
})

const serviceSchema = section({
  name: text().describe('As people know it.'),
  endpoints: z.record(name(), endpointSchema, { error: 'must be a mapping of endpoints by name' }),
})

const canarySchema = section({
  url: webUrl(),
  expectBody: text('must be text')
    .nullable()
    .default(null)
    .describe('Text the body must contain, so that a captive portal does not pass for the outside world.'),
})

const canaryGroup = () => z.record(name(), canarySchema, { error: 'must be a mapping of canaries by name' })

/** services.yaml as a whole. */
export const servicesSchema = section({
  services: z.record(name(), serviceSchema, { error: 'must be a mapping of services by id' }),
  canaries: section({
    international: canaryGroup().describe(
      'Prove the outside world answers: three operators, none of them ever a target.',
    ),
    domestic: canaryGroup().describe('Prove the country does.'),
  }),
})

export type ServicesShape = z.infer<typeof servicesSchema>
