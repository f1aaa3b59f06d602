/** looks: what came of looking at the service: outcomes, layers, failures. */
import { type Section, line } from '../assemble.ts'
import { IN_RANGE, fromJson } from '../infinity.ts'
import { OUTCOME_COLOURS } from '../palette.ts'
import { curves, stacks } from '../panels.ts'
import { OF_BOTH, curve } from '../prometheus.ts'
import { type Column, asked, table } from '../table.ts'

const outcomes = stacks(
  {
    title: '$service: looks by outcome',
    description:
      'Looks per second from the vantages chosen: fine, failing here alone (anomaly), proved interference (confirmed), failing for the control too (down), not to be judged (insufficient).',
    unit: 'cps',
    targets: [
      curve(`sum by (outcome) (rate(didbon_probes_total{${OF_BOTH}}[$__rate_interval]))`, '{{outcome}}'),
    ],
  },
  OUTCOME_COLOURS,
)

const failures = curves({
  title: 'Failing steps by layer and failure, all services',
  description:
    'Network steps that failed, per second, over all services and vantages. Which of them were this service’s, the table below says.',
  unit: 'cps',
  targets: [
    curve(
      'sum by (layer, failure) (rate(didbon_probe_failures_total[$__rate_interval])) > 0',
      '{{layer}} {{failure}}',
    ),
  ],
})

const COLUMNS: readonly Column[] = [
  { field: 'started', title: 'When', type: 'timestamp', unit: 'dateTimeAsIso', width: 170 },
  { field: 'endpoint', title: 'Endpoint', width: 160 },
  { field: 'vantage', title: 'Vantage', width: 110 },
  { field: 'plan', title: 'Plan', width: 90 },
  { field: 'verdict.outcome', title: 'Outcome', width: 100, colours: OUTCOME_COLOURS },
  { field: 'verdict.layer', title: 'Layer', width: 70 },
  { field: 'verdict.failure', title: 'Failure', width: 200 },
  { field: 'verdict.mechanism', title: 'Mechanism', width: 130 },
  { field: 'verdict.because', title: 'Why' },
]

const latest = table(
  {
    title: '$service: the latest looks with outcome “$outcome”',
    description:
      'Single looks in the time shown, from all vantages, the newest first: which layer failed, with which failure, by which mechanism, and why it was judged so.',
    unit: 'none',
    targets: [
      fromJson(
        `measurements?service=\${service}&outcome=\${outcome}&limit=200&${IN_RANGE}`,
        'rows',
        asked(COLUMNS),
      ),
    ],
  },
  COLUMNS,
)

export const LOOKS: Section = {
  title: 'Looks: which layer fails, and how',
  lines: [line(8, [outcomes, 12], [failures, 12]), line(10, [latest, 24])],
}
