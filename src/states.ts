/** states: notes each change of a service's state as it happens, gaps included, so that history can be drawn as strips. */
import type { ServiceStatus } from './model/outage.ts'
import type { RecordStore } from './store/record.ts'

/**
 * @param knownUntilAt until when an earlier run of the daemon looked; `null` = there was none. From then to the first call
 *   nothing is known
 * @returns hands over what differs from the time before
 */
export function createStateNotes(
  record: Pick<RecordStore, 'saveStates'>,
  knownUntilAt: number | null,
): (status: readonly ServiceStatus[], now: number) => void {
  const last = new Map<string, string>()
  let first = true
  return (status, now) => {
    const changes = status.flatMap(({ service, vantage, state, mechanism, outageId: ref, sinceAt }) => {
      const key = `${service} ${vantage}`
      const shown = `${state} ${mechanism} ${ref}`
      if (last.get(key) === shown) return []
      last.set(key, shown)
      const change = { service, vantage, at: first ? now : Math.min(sinceAt, now), state, mechanism, ref }
      if (!first || knownUntilAt === null || knownUntilAt >= now) return [change]
      return [
        { ...change, at: knownUntilAt, state: 'insufficient' as const, mechanism: null, ref: null },
        change,
      ]
    })
    first = false
    if (changes.length > 0) record.saveStates(changes)
  }
}
