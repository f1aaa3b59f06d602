/** heightened: services to look at more often, because something has just happened that blocks have followed. Pure. */
import type { TriggerEvent } from '../model/event.ts'
import { HOUR_MS } from '../model/time.ts'

/**
 * Which services are on heightened watch, and until when (Unix ms): those a dated trigger event concerns, from its earliest
 * moment to `hours` after its latest. An event that names no service concerns all of them.
 */
export function heightenedServices(
  events: readonly TriggerEvent[],
  services: readonly string[],
  now: number,
  hours: number,
): ReadonlyMap<string, number> {
  const until = new Map<string, number>()
  for (const { role, at, services: named, otherTargets } of events) {
    if (role !== 'trigger' || at.latestAt === null || now < (at.earliestAt ?? at.latestAt)) continue
    const untilAt = at.latestAt + hours * HOUR_MS
    if (untilAt <= now) continue
    const concerned =
      named.length + otherTargets.length === 0 ? services : services.filter((id) => named.includes(id))
    for (const service of concerned) until.set(service, Math.max(until.get(service) ?? 0, untilAt))
  }
  return until
}
