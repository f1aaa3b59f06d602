/** schedule: are probes made when they should be, and all of them. */
import { type Section, line } from '../assemble.ts'
import { COLOURS } from '../palette.ts'
import { curves, heat } from '../panels.ts'
import { buckets, curve } from '../prometheus.ts'

const lateness = heat(
  {
    title: 'Probes by start delay',
    description: 'Delay between the scheduled and the actual start. Darker means more probes.',
    unit: 's',
    targets: [buckets('didbon_schedule_lateness_seconds')],
  },
  COLOURS.blue,
)

const load = curves(
  {
    title: 'Probes in flight and waiting',
    description:
      'In flight now, and waiting for their time or for a free slot. A growing queue means the schedule is too dense.',
    unit: 'none',
    targets: [curve('didbon_schedule_probes', '{{state}}')],
  },
  { in_flight: COLOURS.blue, waiting: COLOURS.orange },
)

const lost = curves({
  title: 'Probes skipped or discarded',
  description: 'Per second: skipped by the schedule, and measurements discarded, each by reason.',
  unit: 'cps',
  targets: [
    curve('sum by (reason) (rate(didbon_schedule_skipped_total[$__rate_interval]))', 'skipped: {{reason}}'),
    curve('sum by (reason) (rate(didbon_probes_discarded_total[$__rate_interval]))', 'discarded: {{reason}}'),
  ],
})

const plans = curves({
  title: 'Probes, by plan',
  description: 'Finished probes per second, by plan; canaries and controls included.',
  unit: 'cps',
  targets: [curve('sum by (plan) (rate(didbon_probe_duration_seconds_count[$__rate_interval]))', '{{plan}}')],
})

const oldest = curves(
  {
    title: 'Longest since a measurement',
    description: 'Of the service and vantage with the oldest measurement that could be judged.',
    unit: 's',
    targets: [curve('max(time() - didbon_last_probe_timestamp_seconds)', 'oldest')],
    steps: [
      [0, COLOURS.bluishGreen],
      [120, COLOURS.orange],
    ],
  },
  { oldest: COLOURS.blue },
)

const heightened = curves({
  title: 'Heightened watch, time left',
  description: 'How long services stay on heightened watch after a recent event. Empty while there is none.',
  unit: 's',
  targets: [curve('didbon_heightened_watch_until_timestamp_seconds - time() > 0', '{{service}}')],
})

export const SCHEDULE: Section = {
  title: 'Schedule',
  lines: [line(8, [lateness, 8], [load, 8], [lost, 8]), line(8, [plans, 8], [oldest, 8], [heightened, 8])],
}
