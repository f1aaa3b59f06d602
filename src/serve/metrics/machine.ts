/** machine: how much this machine leaves its programs waiting for a processor. */
import type { LiveGauge } from './live.ts'

export const MACHINE_GAUGES: readonly LiveGauge[] = [
  {
    name: 'didbon_machine_cpu_pressure_ratio',
    help: 'Share of the last minute in which some program of this machine waited for a processor; absent when not known',
    labelNames: [],
    read(put, { cpuPressure }) {
      if (cpuPressure !== null) put(cpuPressure)
    },
  },
]
