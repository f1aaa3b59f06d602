/**
 * known-services: the services an event may name: those that are watched, and those that the record names already. Any other is
 * almost always a typing error, and the event would never correlate.
 */
import { allRows } from './cursor.ts'
import type { History } from './history.ts'
import { nearest } from './suggest.ts'

/** @returns ids, each once */
export async function knownServices(
  history: Pick<History, 'events'>,
  watched: readonly { readonly id: string }[],
): Promise<readonly string[]> {
  const events = await allRows((paging) => history.events({ ...paging, retracted: true }))
  return [...new Set([...watched.map(({ id }) => id), ...events.flatMap(({ event }) => event.services)])]
}

/** What is said of a service that is not known, with the nearest there is. @param otherTargets where other sites are named */
export function unknownService(
  service: string,
  known: readonly string[],
  otherTargets = 'otherTargets',
): string {
  const meant = nearest(service, known)
  const instead = meant === null ? `there are ${known.join(', ')}.` : `did you mean ${meant}?`
  return `must be a service that is watched or in the record, not ${JSON.stringify(service)}; ${instead} Other sites go in ${otherTargets}, by domain`
}
