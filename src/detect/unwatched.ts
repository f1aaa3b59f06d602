/**
 * unwatched: what becomes of what a new configuration, or a host gone out of force, leaves behind.
 *
 * Its open outages end, since nobody will ever see them end; doubts about its endpoints are dropped, so that they cannot speak
 * for their service, nor for themselves when they come back. What was learned of a path stays.
 */
import type { OutageChange } from '../model/outage.ts'
import { openOutage } from './detector.ts'
import { closeUnwatched } from './outage.ts'
import { dropDoubt } from './reach.ts'
import { clearSpeedDoubt } from './speed.ts'
import type { Watch } from './settings.ts'
import type { VantageState } from './state.ts'

/** Takes leave of whatever a vantage remembers and is not watched from there any more, in place. */
export function leaveUnwatched(vantage: VantageState, id: string, now: number, watch: Watch): OutageChange[] {
  const isWatched = watch.vantages.some((vantage) => vantage.id === id)
  const here = isWatched ? watch.services : []
  const changes: OutageChange[] = []

  const cutOff = openOutage(vantage)
  if (!isWatched && cutOff !== null) {
    const change = closeUnwatched(cutOff, vantage.unansweredAt, now)
    vantage.outage = change.outage
    changes.push(change)
  }
  for (const [serviceId, service] of Object.entries(vantage.services)) {
    if (here.some((each) => each.id === serviceId)) continue
    service.case = null
    const open = openOutage(service)
    if (open === null) continue
    const change = closeUnwatched(open, service.lastLookAt, now)
    service.outage = change.outage
    service.fineSinceAt = null
    changes.push(change)
  }
  const endpoints = new Set(here.flatMap((service) => service.endpoints.map((endpoint) => endpoint.id)))
  for (const [endpointId, state] of Object.entries(vantage.endpoints)) {
    if (!endpoints.has(endpointId)) dropDoubt(state)
  }
  for (const [endpointId, state] of Object.entries(vantage.speeds)) {
    if (!endpoints.has(endpointId)) clearSpeedDoubt(state)
  }
  return changes
}
