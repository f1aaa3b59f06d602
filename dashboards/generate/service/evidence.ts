/** evidence: what tells interference from a fault: the controls, and diagnoses by experiment. */
import { type Section, line } from '../assemble.ts'
import { AGREEMENT_COLOURS, COLOURS, REACHED_CODES } from '../palette.ts'
import { bars, stacks, stateTimeline } from '../panels.ts'
import { OF_BOTH, OF_SERVICE, curve, now } from '../prometheus.ts'

const control = stateTimeline(
  {
    title: '$service: reached by the controls',
    description:
      'Whether each control reached the service in its last measurement. What fails here and not there is not the site’s fault.',
    unit: 'none',
    targets: [curve(`didbon_control_reached{${OF_SERVICE}}`, '{{control}}')],
  },
  REACHED_CODES,
)

const agreement = stacks(
  {
    title: '$service: failed measurements, by the control',
    description:
      'Failed measurements per second: failed here only, failed for the control too, or no control was available.',
    unit: 'cps',
    targets: [
      curve(
        `sum by (agreement) (rate(didbon_control_agreement_total{${OF_BOTH}}[$__rate_interval]))`,
        '{{agreement}}',
      ),
    ],
  },
  AGREEMENT_COLOURS,
)

const diagnoses = bars(
  {
    title: '$service: diagnoses by mechanism',
    description:
      'Diagnoses by experiment since the start of didbon, by the mechanism they identified (none: no mechanism was identified). Empty where there were none.',
    unit: 'none',
    targets: [
      now(
        `sum by (mechanism, vantage) (didbon_diagnoses_total{${OF_BOTH}})`,
        '{{mechanism}} from {{vantage}}',
      ),
    ],
  },
  COLOURS.vermillion,
).decimals(0)

export const EVIDENCE: Section = {
  title: 'Interference or fault?',
  lines: [line(8, [control, 8], [agreement, 8], [diagnoses, 8])],
}
