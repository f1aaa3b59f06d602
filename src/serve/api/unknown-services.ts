/** unknown-services: services that an event names and nobody watches: as good as always a slip of the pen, which would never correlate. */
import { allRows } from '../../model/cursor.ts'
import type { TriggerEvent } from '../../model/event.ts'
import type { History } from '../../model/history.ts'
import { nearest } from '../../model/suggest.ts'
import type { RecordAccess } from './context.ts'
import { Problem, type Complaint } from './problem.ts'

/**
 * Refuses an event of services that are neither watched nor in the record.
 *
 * @throws Problem 422: each with its place, its value and the nearest there is
 */
export async function refuseUnknownServices(
  { services }: TriggerEvent,
  { history, services: watched }: Pick<RecordAccess, 'history' | 'services'>,
): Promise<void> {
  const ids = watched().map(({ id }) => id)
  if (services.every((service) => ids.includes(service))) return
  const known = [...new Set([...ids, ...(await servicesOfEvents(history))])]
  const complaints = services.flatMap((service, i): Complaint[] => {
    if (known.includes(service)) return []
    const meant = nearest(service, known)
    const instead = meant === null ? `there are ${known.join(', ')}` : `did you mean ${meant}?`
    const detail = `must be a service that is watched or in the record, not "${service}"; ${instead} Other sites go in otherTargets, by domain`
    return [{ in: 'body', at: `services[${i}]`, detail }]
  })
  if (complaints.length === 0) return
  throw new Problem(422, complaints.map(({ at, detail }) => `${at}: ${detail}`).join('; '), { complaints })
}

async function servicesOfEvents(history: History): Promise<string[]> {
  const events = await allRows((paging) => history.events({ ...paging, retracted: true }))
  return events.flatMap(({ event }) => event.services)
}
