/** pressure: what Linux tells of the wait for a processor. */
import { readFileSync } from 'node:fs'

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
