/** read-states: how the state of each service went over a span of time. */
import type { StateChange } from '../../model/outage.ts'
import type { Kysely } from 'kysely'
import type { Tables } from '../file/schema.ts'

/** A missing key means any. */
export interface StateFilter {
  /** Unix ms, inclusive */
  readonly since: number
  /** Unix ms, exclusive */
  readonly until: number
  readonly service?: string
  readonly vantage?: string
}

/** The states of one service from one vantage. */
export interface StateChanges {
  readonly service: string
  readonly vantage: string
  /** oldest first; the first may lie before the span: it held when the span began */
  readonly changes: readonly StateChange[]
  /** whether the last of them is the newest there is */
  readonly newest: boolean
}

/** Strips with anything in the span, by service and vantage. */
export async function readStates(db: Kysely<Tables>, filter: StateFilter): Promise<StateChanges[]> {
  const strips = await stripsQuery(db, filter).execute()
  const changes = Map.groupBy(await changesQuery(db, filter).execute(), ({ strip_id: id }) => id)
  return strips.flatMap(({ id, service, vantage, newest_at: newestAt }) => {
    const found = changes.get(id)
    if (found === undefined) return []
    return [
      {
        service,
        vantage,
        changes: found.map(({ at, state, mechanism, ref }) => ({
          service,
          vantage,
          at,
          state,
          mechanism,
          ref,
        })),
        newest: found.at(-1)!.at === newestAt,
      },
    ]
  })
}

type Of = Pick<StateFilter, 'service' | 'vantage'>

/** Public so that a test can ask SQLite how it goes about it. */
export function stripsQuery(db: Kysely<Tables>, { service, vantage }: Of) {
  let query = db
    .selectFrom('strip')
    .select(['id', 'service', 'vantage'])
    .select((eb) =>
      eb
        .selectFrom('state_change as newer')
        .select(({ fn }) => fn.max('newer.at').as('at'))
        .whereRef('newer.strip_id', '=', 'strip.id')
        .as('newest_at'),
    )
    .orderBy('service')
    .orderBy('vantage')
  if (service !== undefined) query = query.where('service', '=', service)
  if (vantage !== undefined) query = query.where('vantage', '=', vantage)
  return query
}

/** From the change that held when the span began to the last inside it, strip by strip. Public likewise. */
export function changesQuery(db: Kysely<Tables>, { since, until, service, vantage }: StateFilter) {
  let query = db
    .selectFrom('strip')
    .innerJoin('state_change', 'state_change.strip_id', 'strip.id')
    .selectAll('state_change')
    .where('state_change.at', '<', until)
    .where((eb) =>
      eb(
        'state_change.at',
        '>=',
        eb.fn.coalesce(
          eb
            .selectFrom('state_change as held')
            .select(({ fn }) => fn.max('held.at').as('at'))
            .whereRef('held.strip_id', '=', 'strip.id')
            .where('held.at', '<=', since),
          eb.val(since),
        ),
      ),
    )
    .orderBy('strip.service')
    .orderBy('strip.vantage')
    .orderBy('state_change.at')
  if (service !== undefined) query = query.where('strip.service', '=', service)
  if (vantage !== undefined) query = query.where('strip.vantage', '=', vantage)
  return query
}
