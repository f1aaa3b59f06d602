/** throughput: how fast the newest timed bytes of each service came, and how that compares. Absent where none were timed lately. */
import type { LiveGauge } from './live.ts'

const AGAINST = ['neutral', 'control', 'baseline'] as const

export const THROUGHPUT_GAUGES: readonly LiveGauge[] = [
  {
    name: 'didbon_throughput_bytes_per_second',
    help: 'Throughput of a service when last measured; of several endpoints, the slowest. Absent when none was measured recently',
    labelNames: ['service', 'vantage'],
    read(put, { speeds }) {
      for (const { service, vantage, bytesPerSecond } of speeds) put(bytesPerSecond, service, vantage)
    },
  },
  {
    name: 'didbon_throughput_ratio',
    help: 'Throughput of a service divided by what it is compared with: a neutral host, the control (only when it is slow), the last seven days',
    labelNames: ['service', 'vantage', 'against'],
    read(put, { speeds }) {
      for (const { service, vantage, compared } of speeds) {
        for (const against of AGAINST) {
          const ratio = compared[against]
          if (ratio !== null) put(ratio, service, vantage, against)
        }
      }
    },
  },
]
