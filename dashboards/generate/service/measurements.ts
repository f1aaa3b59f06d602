/** measurements: what came of looking at the service: outcomes, layers, failures. */
import { type Section, line } from '../assemble.ts'
import { IN_RANGE, fromJson } from '../infinity.ts'
import { OUTCOME_COLOURS } from '../palette.ts'
import { curves, stacks } from '../panels.ts'
import { OF_BOTH, curve } from '../prometheus.ts'
import { type Column, requestedColumns, table } from '../table.ts'

const outcomes = stacks(
  {
    title: '$service: measurements by outcome',
    description:
      'Measurements per second from the selected vantages: ok, failed here only (anomaly), proved interference (confirmed), failed for the control too (down), could not be judged (insufficient).',
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
    'Failed network steps per second, over all services and vantages. The table below shows those of this service.',
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
    title: '$service: latest measurements with outcome “$outcome”',
    description:
      'Single measurements in the time range, from all vantages, newest first: failed layer, failure, mechanism, and the reason for the verdict.',
    unit: 'none',
    targets: [
      fromJson(
        `measurements?service=\${service}&outcome=\${outcome}&limit=200&${IN_RANGE}`,
        'rows',
        requestedColumns(COLUMNS),
      ),
    ],
  },
  COLUMNS,
)

export const LOOKS: Section = {
  title: 'Measurements: which layer fails, and how',
  lines: [line(8, [outcomes, 12], [failures, 12]), line(10, [latest, 24])],
}
