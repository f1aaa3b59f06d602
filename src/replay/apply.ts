/** apply: what a replay found, written: outages, strips, incidents, verdicts and the detector, with a note of what was changed. */
import type { Config } from '../config/config.ts'
import type { Outage } from '../model/outage.ts'
import { openRecord } from '../store/catalog/record.ts'
import { openStoreReadOnly } from '../store/reader.ts'
import { type Rewriting, rewrite } from '../store/rewrite.ts'
import { incidentsOf } from '../run/watching.ts'
import type { OutageDifference } from './compare.ts'
import { regroup } from './incidents.ts'
import type { Refolded } from './refold.ts'

export interface Applied {
  /** Unix ms */
  readonly fromAt: number
  readonly differences: readonly OutageDifference[]
  readonly refolded: Pick<Refolded, 'changed' | 'states'>
  /** what the ticks after one of them are to be from now on; `null` = as they are */
  readonly ticks: Rewriting['ticks']
  /** by vantage, JSON; empty = no daemon goes on from here */
  readonly detectors: Readonly<Record<string, string>>
  /** what is noted besides the differences */
  readonly about: object
  readonly by: string
}

/** @throws AppError store_locked while a daemon runs; nothing was changed then */
export async function applyReplay(config: Config, applied: Applied, now: number): Promise<void> {
  const { differences, refolded } = applied
  const drop = differences.flatMap(({ before, after }) =>
    before !== null && before.id !== after?.id ? [before.id] : [],
  )
  const put = differences.flatMap(({ after }) => (after === null ? [] : [after]))
  const outages = await standing(config.store.path, drop, put)
  const record = await openRecord(config.store.path, { now: () => now })
  try {
    const pairs = touched(differences, refolded)
    rewrite(
      config.store.path,
      {
        drop,
        put,
        verdicts: refolded.changed,
        strips: { fromAt: applied.fromAt, of: pairs, changes: refolded.states.filter(isIn(pairs)) },
        ticks: applied.ticks,
        incidents: regroup(record, outages, config.vantages, incidentsOf(config)),
        detectors: applied.detectors,
        audit: { by: applied.by, body: JSON.stringify({ ...applied.about, differences }) },
      },
      now,
    )
  } finally {
    record.close()
  }
}

/** All outages there will be. */
async function standing(path: string, drop: readonly string[], put: readonly Outage[]): Promise<Outage[]> {
  const reader = openStoreReadOnly(path)
  try {
    const gone = new Set([...drop, ...put.map(({ id }) => id)])
    const stored = await reader.outages({ order: 'oldest' })
    return [...stored.filter(({ id }) => !gone.has(id)), ...put]
  } finally {
    reader.close()
  }
}

type Pair = { readonly service: string; readonly vantage: string }

/** Strips an outage that differs is drawn in; one of the vantage itself is drawn in all of its strips. */
function touched(differences: readonly OutageDifference[], { states }: Pick<Refolded, 'states'>): Pair[] {
  const all = new Map(states.map(({ service, vantage }) => [`${service} ${vantage}`, { service, vantage }]))
  const hit = differences.map(({ before, after }) => before ?? after)
  return [...all.values()].filter((pair) =>
    hit.some(
      ({ service, vantage }) => vantage === pair.vantage && (service === null || service === pair.service),
    ),
  )
}

function isIn(pairs: readonly Pair[]): (state: Pair) => boolean {
  const keys = new Set(pairs.map(({ service, vantage }) => `${service} ${vantage}`))
  return ({ service, vantage }) => keys.has(`${service} ${vantage}`)
}
