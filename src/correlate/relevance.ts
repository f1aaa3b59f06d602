/** relevance: does what the event concerns, and where it took place, agree with what was hit? */
import type { TriggerEvent } from '../model/event.ts'
import type { Incident } from '../model/incident.ts'
import type { CorrelateSettings } from './settings.ts'

export interface Relevance {
  readonly factor: number
  readonly reasons: readonly string[]
}

type Factors = Pick<CorrelateSettings, 'sameService' | 'otherService' | 'sameRegion' | 'otherRegion'>

/** 1 where nothing can be said: an event that names no service, a block of the whole country after an event in one region. */
export function relevanceOf(incident: Incident, event: TriggerEvent, settings: Factors): Relevance {
  const reported = incident.kind === 'reported'
  const hit = reported ? [...incident.services, ...incident.otherTargets] : incident.services
  const what = compare([...event.services, ...event.otherTargets], hit)
  const where = compare(event.regions, reported ? incident.regions : [])
  const reasons: string[] = []
  let factor = 1
  if (what !== null) {
    factor *= what.agree ? settings.sameService : settings.otherService
    reasons.push(`the event concerns ${what.names}, which was ${what.agree ? '' : 'not '}hit`)
  }
  if (where !== null) {
    factor *= where.agree ? settings.sameRegion : settings.otherRegion
    reasons.push(`the event was in ${where.names}, which was ${where.agree ? '' : 'not '}cut off`)
  }
  return { factor, reasons }
}

/** @returns what both name or, when they share nothing, what the event names; `null` when either names nothing */
function compare(
  ofEvent: readonly string[],
  ofIncident: readonly string[],
): { agree: boolean; names: string } | null {
  if (ofEvent.length === 0 || ofIncident.length === 0) return null
  const shared = ofEvent.filter((one) => ofIncident.includes(one))
  return { agree: shared.length > 0, names: (shared.length > 0 ? shared : ofEvent).join(', ') }
}
