/** health: which vantages are online, by their canaries. */
import { type Section, line } from '../assemble.ts'
import { fromJson } from '../infinity.ts'
import { toApi, toDashboard } from '../links.ts'
import { COLOURS, HEALTH_CODES, HEALTH_COLOURS } from '../palette.ts'
import { number, stateTimeline } from '../panels.ts'
import { OF_VANTAGE, coded, curve, now } from '../prometheus.ts'
import { type Column, requestedColumns, table } from '../table.ts'

const silent = number({
  title: 'Longest without a valid measurement',
  description:
    'Time since the last measurement that could be judged, of the vantage that has been silent longest.',
  unit: 's',
  targets: [now(`max(time() - didbon_vantage_last_seen_timestamp_seconds{${OF_VANTAGE}})`, 'silent')],
  steps: [
    [0, COLOURS.bluishGreen],
    [120, COLOURS.orange],
    [600, COLOURS.vermillion],
  ],
})

const skew = number({
  title: 'Clock offset of this machine',
  description:
    'Our clock minus that of well-known hosts. A wrong clock makes valid certificates look expired.',
  unit: 's',
  targets: [now('didbon_clock_skew_seconds', 'ahead')],
  steps: [
    [-1e9, COLOURS.orange],
    [-30, COLOURS.bluishGreen],
    [30, COLOURS.orange],
  ],
})

const timeline = stateTimeline(
  {
    title: 'Health by vantage',
    description:
      'Online: international canaries answer. Shutdown: only domestic ones do. Offline: none does. Grey: not known.',
    unit: 'none',
    targets: [
      curve(
        coded('didbon_vantage_health', 'health', HEALTH_CODES, OF_VANTAGE, 'vantage, role'),
        '{{vantage}} ({{role}})',
      ),
    ],
    links: [toDashboard('What is measured from here', 'overview', 'var-vantage=${__field.labels.vantage}')],
  },
  HEALTH_CODES,
)

const COLUMNS: readonly Column[] = [
  { field: 'id', title: 'Vantage', links: [toApi('All vantages, as the API gives them', 'vantages')] },
  { field: 'role', title: 'Role', width: 80 },
  { field: 'health', title: 'Health', colours: HEALTH_COLOURS },
]

const standing = table(
  {
    title: 'Health, now',
    description: 'The current state, whatever is selected above.',
    unit: 'none',
    targets: [fromJson('vantages', 'rows', requestedColumns(COLUMNS))],
  },
  COLUMNS,
)

export const HEALTH: Section = {
  title: 'Health, by canaries',
  lines: [
    line(
      4,
      [online('probe', 'Vantages online'), 6],
      [online('control', 'Controls online'), 6],
      [silent, 6],
      [skew, 6],
    ),
    line(8, [timeline, 17], [standing, 7]),
  ],
}

function online(role: 'probe' | 'control', title: string) {
  return number({
    title,
    description: `How many vantages with the role ${role} have canaries that answer, of those selected.`,
    unit: 'none',
    targets: [now(`sum(didbon_vantage_up{role="${role}",${OF_VANTAGE}})`, 'online')],
    steps: [
      [0, COLOURS.blue],
      [1, COLOURS.bluishGreen],
    ],
  })
}
