/** The shape of services.yaml: what is watched, and the canaries that tell us about a vantage itself. */
import { z } from 'zod'
import { moment, name, oneOf, section, text, webUrl } from './fields.ts'

const endpointSchema = section({
  url: webUrl().describe('What is probed.'),
  role: oneOf(['primary', 'asset', 'media']).describe(
    'primary: the service is unusable without it. asset: pages are broken without it. media: the bytes people came for.',
  ),
  transfer: webUrl()
    .optional()
    .describe('URL that is fetched to time its bytes; left out: the URL itself, for media.'),
  validFrom: moment()
    .nullable()
    .default(null)
    .describe('Probed from this moment on (UTC); left out: always.'),
  validUntil: moment()
    .nullable()
    .default(null)
    .describe('Probed until just before this moment (UTC); left out: still.'),
})

const serviceSchema = section({
  name: text().describe('Its name for people.'),
  endpoints: z.record(name(), endpointSchema, { error: 'must be a mapping of endpoints by name' }),
})

const canarySchema = section({
  url: webUrl().describe('What is probed.'),
  expectBody: text('must be text')
    .nullable()
    .default(null)
    .describe('Text the body must contain, so that a captive portal does not pass for the site.'),
})

const canaryGroup = () => z.record(name(), canarySchema, { error: 'must be a mapping of canaries by name' })

/** services.yaml as a whole. */
export const servicesSchema = section({
  services: z.record(name(), serviceSchema, { error: 'must be a mapping of services by id' }),
  canaries: section({
    international: canaryGroup().describe(
      'Hosts that show whether the world outside the country answers: three operators, none of them ever a target.',
    ),
    domestic: canaryGroup().describe('Hosts that show whether the country answers.'),
  }),
})

export type ServicesShape = z.infer<typeof servicesSchema>
