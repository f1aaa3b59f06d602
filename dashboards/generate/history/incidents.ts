/** incidents: those measured and those reported, each with its likeliest trigger, and a picture of how likely those are. */
import { type Section, line } from '../assemble.ts'
import { MEASURED_COLUMNS, REPORTED_COLUMNS, measured, reported } from '../columns.ts'
import { IN_RANGE, fromJson } from '../infinity.ts'
import { COLOURS, KIND_COLOURS } from '../palette.ts'
import { fixed } from '../basics.ts'
import { points } from '../panels.ts'
import { type Column, requestedColumns, merged } from '../table.ts'

const OF_COUNTRY = 'country=${country}&'

const BEGAN: Column = { field: 'onset.1', title: 'Began', type: 'timestamp' }
const POSTERIOR: Column = { field: 'candidates.0.posterior', title: 'Posterior', type: 'number' }

const measuredHere = merged(
  {
    title: 'Incidents measured here',
    description:
      'Measured outages that belong together. Posterior: how likely the named event is the trigger; none of them: how likely it is that no event on record is.',
    unit: 'none',
    targets: measured(OF_COUNTRY),
  },
  'kind',
  MEASURED_COLUMNS,
)

const reportedByOthers = merged(
  {
    title: 'Incidents reported by others',
    description:
      'Outages documented by the press and by researchers, not measured here. The trigger that their sources name is shown beside the one the numbers favour, and is not used in them.',
    unit: 'none',
    targets: reported(OF_COUNTRY),
  },
  'kind',
  REPORTED_COLUMNS,
)

export const INCIDENTS: Section = {
  title: 'Incidents and what they may have followed',
  lines: [
    line(
      8,
      [likelihoods('measured', 'measured here'), 12],
      [likelihoods('reported', 'reported by others'), 12],
    ),
    line(8, [measuredHere, 24]),
    line(12, [reportedByOthers, 24]),
  ],
}

/** A picture of how well incidents are explained: one that is not under the line has an event that fits. */
function likelihoods(kind: keyof typeof KIND_COLOURS, words: string) {
  return points({
    title: `Incidents ${words}: how likely each followed its likeliest event`,
    description:
      'One point for each incident: posterior of its likeliest documented trigger, where the onset is known and there is a candidate. Below the line, “none of them” is more likely. Reports follow news, so only measured incidents support inference.',
    unit: 'percentunit',
    targets: [
      fromJson(
        `correlations?kind=${kind}&limit=200&${IN_RANGE}`,
        'incidents',
        requestedColumns([BEGAN, POSTERIOR]),
      ),
    ],
    steps: [
      [0, COLOURS.grey],
      [0.5, COLOURS.blue],
    ],
  })
    .max(1)
    .displayName(words)
    .colorScheme(fixed(KIND_COLOURS[kind]))
    .transformations([
      {
        id: 'filterByValue',
        options: {
          type: 'include',
          match: 'all',
          filters: [BEGAN, POSTERIOR].map(({ field }) => ({
            fieldName: field,
            config: { id: 'isNotNull', options: {} },
          })),
        },
      },
      { id: 'sortBy', options: { fields: {}, sort: [{ field: BEGAN.field }] } },
    ])
}
