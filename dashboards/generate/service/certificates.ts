/** certificates: what each endpoint shows, and how it fares over QUIC. */
import { type Section, line } from '../assemble.ts'
import { COLOURS, QUIC_CODES } from '../palette.ts'
import { stateTimeline } from '../panels.ts'
import { OF_BOTH, OF_VANTAGE, coded, curve, rows } from '../prometheus.ts'
import { type Column, table } from '../table.ts'

const DAY_S = 86_400
const MATCHERS = `endpoint=~"$service/.+",${OF_VANTAGE}`

const COLUMNS: readonly Column[] = [
  { field: 'endpoint', title: 'Endpoint' },
  { field: 'vantage', title: 'Vantage' },
  { field: 'issuer', title: 'Issuer' },
  {
    field: 'Value',
    title: 'Expires in',
    unit: 's',
    steps: [
      [0, COLOURS.vermillion],
      [7 * DAY_S, COLOURS.orange],
      [21 * DAY_S, COLOURS.bluishGreen],
    ],
  },
]

const certificates = table(
  {
    title: '$service: certificates',
    description:
      'The certificate each endpoint served to each vantage, its issuer, and how long it is still valid. An issuer that differs between vantages is a sign of interception.',
    unit: 'none',
    targets: [
      rows(
        `(didbon_certificate_expiry_timestamp_seconds{${MATCHERS}} - time()) * on (endpoint, vantage) group_left (issuer) didbon_certificate_info`,
      ),
    ],
  },
  COLUMNS,
)

const quic = stateTimeline(
  {
    title: '$service: QUIC by vantage',
    description:
      'State of HTTP/3, apart from the service over TCP: ok, packets dropped, the name filtered, not known, or not offered by the site. It never makes a service blocked by itself.',
    unit: 'none',
    targets: [curve(coded('didbon_quic_state', 'state', QUIC_CODES, OF_BOTH, 'vantage'), '{{vantage}}')],
  },
  QUIC_CODES,
)

export const CERTIFICATES: Section = {
  title: 'Certificates and QUIC',
  lines: [line(8, [certificates, 12], [quic, 12])],
}
