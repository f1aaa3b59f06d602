/** now: how many services are in which state, and the state of each over time. */
import { type Section, line } from '../assemble.ts'
import { toDashboard } from '../links.ts'
import { COLOURS, STATE_CODES, STATE_COLOURS } from '../palette.ts'
import { number, stateTimeline } from '../panels.ts'
import { OF_BOTH, OF_VANTAGE, coded, curve, now } from '../prometheus.ts'

const online = number({
  title: 'Vantages online',
  description: 'Vantages whose canaries answer, of those selected.',
  unit: 'none',
  targets: [now(`sum(didbon_vantage_up{role="probe",${OF_VANTAGE}})`, 'online')],
  steps: [
    [0, COLOURS.blue],
    [1, COLOURS.bluishGreen],
  ],
  links: [toDashboard('The vantages', 'vantages')],
})

const states = stateTimeline(
  {
    title: 'State of every service, by vantage',
    description:
      'The state from each vantage. Grey is not known (no measurements, or none that could be judged), never ok. Click for the service.',
    unit: 'none',
    targets: [
      curve(
        coded('didbon_service_state', 'state', STATE_CODES, OF_BOTH, 'service, vantage'),
        '{{service}} from {{vantage}}',
      ),
    ],
    links: [
      toDashboard(
        'This service in detail',
        'service',
        'var-service=${__field.labels.service}',
        'var-vantage=${__field.labels.vantage}',
      ),
    ],
  },
  STATE_CODES,
)

export const NOW: Section = {
  title: 'Now',
  lines: [
    line(
      4,
      [count('blocked', 'The evidence shows interference.'), 4],
      [count('unreachable', 'Unreachable from here; cause not yet determined.'), 4],
      [count('throttled', 'Reachable, but deliberately slowed down.'), 4],
      [count('down', 'Unreachable for the control too: a fault of the site itself.'), 4],
      [
        count(
          'insufficient',
          'Not measured, or not possible to judge. This is not ok: the state is not known.',
        ),
        4,
      ],
      [online, 4],
    ),
    line(11, [states, 24]),
  ],
}

/** How many services are in a state, counted once for each vantage. */
function count(state: keyof typeof STATE_COLOURS, description: string) {
  return number({
    title: `${state[0]!.toUpperCase()}${state.slice(1)} now`,
    description: `${description} Services, counted once for each vantage.`,
    unit: 'none',
    targets: [now(`sum(didbon_service_state{state="${state}",${OF_BOTH}})`, state)],
    steps: [
      [0, COLOURS.bluishGreen],
      [1, STATE_COLOURS[state]],
    ],
  })
}
