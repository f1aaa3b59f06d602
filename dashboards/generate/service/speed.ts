/** speed: latency by layer and throughput, by vantage and beside the controls. */
import { type Section, line } from '../assemble.ts'
import { COLOURS } from '../palette.ts'
import { curves, heat } from '../panels.ts'
import { OF_BOTH, OF_VANTAGE, buckets, curve, quantile } from '../prometheus.ts'

const STEPS = 'didbon_probe_step_duration_seconds'
/** Under this share of what it is compared with, it is throttling. */
const THROTTLED = 0.2

const spread = heat(
  {
    title: 'Steps that succeeded, by duration',
    description:
      'Duration of network steps from the selected vantages, all services and layers. Darker means more steps. Points are single measurements.',
    unit: 's',
    targets: [buckets(STEPS, OF_VANTAGE).exemplar(true)],
  },
  COLOURS.blue,
)

const throughput = curves({
  title: '$service: throughput',
  description:
    'Throughput when last measured; of several endpoints, the slowest. Empty where none was measured recently.',
  unit: 'Bps',
  targets: [curve(`didbon_throughput_bytes_per_second{${OF_BOTH}}`, '{{vantage}}')],
})

const compared = curves({
  title: '$service: throughput, compared',
  description:
    'Throughput divided by what it is compared with: a neutral host from the same vantage, the control (only when it is slow), the vantage’s own last seven days. Below the line for all of them is throttling.',
  unit: 'percentunit',
  targets: [curve(`didbon_throughput_ratio{${OF_BOTH}}`, '{{vantage}} against {{against}}')],
  steps: [
    [0, COLOURS.yellow],
    [THROTTLED, COLOURS.bluishGreen],
  ],
})

export const SPEED: Section = {
  title: 'Speed by vantage, compared with the controls',
  lines: [
    line(8, [median('dns', 'Name lookup'), 8], [median('tcp', 'Connection'), 8], [median('tls', 'TLS'), 8]),
    line(9, [spread, 8], [throughput, 8], [compared, 8]),
  ],
}

/** A step’s usual duration from each vantage, and from the controls. */
function median(layer: string, name: string) {
  const here = quantile(0.5, STEPS, `layer="${layer}",${OF_VANTAGE}`, 'vantage')
  const rate = `rate(${STEPS}_bucket{layer="${layer}"}[$__rate_interval])`
  const controls = `${rate} * on (vantage) group_left () didbon_vantage_info{role="control"}`
  return curves({
    title: `${name}: median, all services`,
    description: `Median duration of the ${layer} steps that succeeded. Dashed: the controls.`,
    unit: 's',
    targets: [
      curve(here, '{{vantage}}'),
      curve(`histogram_quantile(0.5, sum by (le, vantage) (${controls}))`, 'control {{vantage}}'),
    ],
  }).overrideByRegexp('/^control /', [
    { id: 'color', value: { mode: 'fixed', fixedColor: COLOURS.orange } },
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
  ])
}
