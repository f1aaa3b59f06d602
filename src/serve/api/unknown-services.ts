/** unknown-services: refuses an event that names a service nobody knows. */
import type { TriggerEvent } from '../../model/event.ts'
import { knownServices, unknownService } from '../../model/known-services.ts'
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
  if (services.length === 0) return
  const known = await knownServices(history, watched())
  const complaints = services.flatMap((service, i): Complaint[] => {
    if (known.includes(service)) return []
    return [{ in: 'body', at: `services[${i}]`, detail: unknownService(service, known) }]
  })
  if (complaints.length === 0) return
  throw new Problem(422, complaints.map(({ at, detail }) => `${at}: ${detail}`).join('; '), { complaints })
}
