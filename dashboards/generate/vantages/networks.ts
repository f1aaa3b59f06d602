/** networks: what each vantage is, and when it was last heard of. */
import { type Section, line } from '../assemble.ts'
import { toDashboard } from '../links.ts'
import { COLOURS } from '../palette.ts'
import { curves } from '../panels.ts'
import { OF_VANTAGE, curve, rows } from '../prometheus.ts'
import { type Column, table } from '../table.ts'

const LAST_SEEN = `didbon_vantage_last_seen_timestamp_seconds{${OF_VANTAGE}}`

const COLUMNS: readonly Column[] = [
  {
    field: 'vantage',
    title: 'Vantage',
    links: [toDashboard('What is measured from here', 'overview', 'var-vantage=${__value.raw}')],
  },
  { field: 'role', title: 'Role' },
  { field: 'kind', title: 'Reached by' },
  { field: 'country', title: 'Country' },
  { field: 'asn', title: 'ASN' },
  { field: 'isp', title: 'Provider' },
  { field: 'Value', title: 'Last valid measurement', unit: 'dateTimeFromNow' },
]

const info = table(
  {
    title: 'Networks of the vantages',
    description:
      'Network, country and connection of each vantage, and when it last gave a measurement that could be judged. Those that never did are missing.',
    unit: 'none',
    targets: [
      rows(
        `${LAST_SEEN} * on (vantage) group_left (role, kind, country, asn, isp) didbon_vantage_info{country=~"$country"} * 1000`,
      ),
    ],
  },
  COLUMNS,
)

const age = curves({
  title: 'Time since the last valid measurement',
  description: 'Rises while a vantage gives no measurement that can be judged.',
  unit: 's',
  targets: [curve(`time() - ${LAST_SEEN}`, '{{vantage}}')],
  steps: [
    [0, COLOURS.bluishGreen],
    [120, COLOURS.orange],
  ],
})

export const NETWORKS: Section = {
  title: 'Networks',
  lines: [line(8, [info, 14], [age, 10])],
}
