/** machine: how much this machine leaves its programs waiting for a processor. */
import { readFileSync } from 'node:fs'
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

/**
 * Share of the last minute in which somebody waited, as Linux tells it.
 *
 * @returns `null` where it cannot be read: another system, or a container that hides it
 * @see Documentation/accounting/psi.rst of Linux
 */
export function cpuPressure(path = '/proc/pressure/cpu'): number | null {
  try {
    const waiting = /^some .*\bavg60=([\d.]+)/m.exec(readFileSync(path, 'utf8'))
    return waiting === null ? null : Number(waiting[1]) / 100
  } catch {
    return null
  }
}
