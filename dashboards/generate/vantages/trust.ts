/** trust: how far the measurements of a vantage can be relied on: what was thrown away, what the controls say, how slow it is. */
import { type Section, line } from '../assemble.ts'
import { AGREEMENT_COLOURS, COLOURS, REACHED_CODES } from '../palette.ts'
import { curves, stacks, stateTimeline } from '../panels.ts'
import { OF_VANTAGE, curve, quantile } from '../prometheus.ts'

const discarded = curves({
  title: 'Measurements discarded',
  description:
    'Per second, because the fault was the prober’s or the vantage’s: offline, a late thread, no socket left.',
  unit: 'cps',
  targets: [
    curve(
      `sum by (vantage, reason) (rate(didbon_probes_discarded_total{${OF_VANTAGE}}[$__rate_interval]))`,
      '{{vantage}}: {{reason}}',
    ),
  ],
})

const agreement = stacks(
  {
    title: 'Failed measurements, by the control',
    description:
      'Failed measurements per second from the selected vantages: failed here only, failed for the control too, or no control was available. A large share of the last means that few blocks can be confirmed.',
    unit: 'cps',
    targets: [
      curve(
        `sum by (agreement) (rate(didbon_control_agreement_total{${OF_VANTAGE}}[$__rate_interval]))`,
        '{{agreement}}',
      ),
    ],
  },
  AGREEMENT_COLOURS,
)

const reached = stateTimeline(
  {
    title: 'What the controls reach',
    description: 'Whether each control reached each service in its last measurement.',
    unit: 'none',
    targets: [curve('didbon_control_reached', '{{service}} from {{control}}')],
  },
  REACHED_CODES,
)

const slow = curves({
  title: 'Probe duration, 95th percentile',
  description:
    'By vantage, over all plans and services. A vantage that becomes slow as a whole does not mean that a service is throttled.',
  unit: 's',
  targets: [curve(quantile(0.95, 'didbon_probe_duration_seconds', OF_VANTAGE, 'vantage'), '{{vantage}}')],
})

const clock = curves(
  {
    title: 'Clock offset over time',
    description:
      'Our clock minus the date that international canaries and controls give. Absent while there is none.',
    unit: 's',
    targets: [curve('didbon_clock_skew_seconds', 'ahead')],
    steps: [
      [-1e9, COLOURS.orange],
      [-30, COLOURS.bluishGreen],
      [30, COLOURS.orange],
    ],
  },
  { ahead: COLOURS.blue },
)

export const TRUST: Section = {
  title: 'Can their measurements be trusted?',
  lines: [line(8, [discarded, 8], [agreement, 8], [reached, 8]), line(8, [slow, 12], [clock, 12])],
}
