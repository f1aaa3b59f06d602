/**
 * import-store: measurements made by others into the store, and what they make of outages and incidents.
 *
 * measurements ─► those of a configured service ─► judged ─► saved ─► folded again from the beginning ─► outages, incidents
 *
 * Ids are made from the measurements, so that the same file again adds nothing.
 */
import { userInfo } from 'node:os'
import type { Config } from '../config/config.ts'
import { AppError } from '../model/error.ts'
import type { VantageFacts } from '../model/vantage.ts'
import type { Verdict } from '../model/verdict.ts'
import { DAY_MS } from '../model/time.ts'
import { endpointFor } from '../ooni/match.ts'
import type { ReadMeasurement } from '../ooni/read.ts'
import { backfill } from '../replay/backfill.ts'
import { openRecord } from '../store/catalog/record.ts'
import { openStore, type Store } from '../store/store.ts'
import { configOf } from './config-of.ts'

/** Committed together: one transaction for so many, so that a year of measurements is not a year of waiting for the disk. */
const AT_ONCE = 2000
/** what vantages of imported measurements are called */
const IMPORTED = /^ooni-as\d+-[a-z]{2}$/

/** Stores all it is given, then folds. @returns what to tell, for people */
export async function importInto(
  name: string | undefined,
  measurements: AsyncIterable<ReadMeasurement>,
  verdictOf: (read: ReadMeasurement) => Verdict,
): Promise<string[]> {
  const config = await configOf(name)
  const taken = config.vantages.find(({ id }) => IMPORTED.test(id))
  if (taken !== undefined) {
    throw new AppError(
      'usage',
      `vantages: '${taken.id}' is a name that imported measurements are stored under; give that vantage another id`,
    )
  }
  const store = await openedToImport(config)
  const origins = new Map<string, VantageFacts>()
  const before = store.stats().measurements
  let kept = 0
  let strange = 0
  let undated = 0
  let added = 0
  try {
    for await (const read of measurements) {
      const { measurement, origin } = read
      if (measurement.startedAt === 0) {
        undated += 1
        continue
      }
      const endpoint = endpointFor(config.services, measurement.url, measurement.startedAt)
      if (endpoint === null) {
        strange += 1
        continue
      }
      origins.set(origin.vantage, {
        id: origin.vantage,
        role: 'probe',
        country: origin.country,
        asn: origin.asn,
      })
      store.save({
        measurement: { ...measurement, endpoint: endpoint.id },
        verdict: verdictOf(read),
        changes: [],
        detector: null,
      })
      kept += 1
      if (kept % AT_ONCE === 0) store.flush()
    }
    store.flush()
    added = store.stats().measurements - before
  } finally {
    store.close()
  }
  return [
    `${kept} of a configured service from ${origins.size} networks, ${added} of them new to the store`,
    ...(strange > 0 ? [`${strange} of services that are not configured, left out`] : []),
    ...(undated > 0 ? [`${undated} without a time, left out`] : []),
    ...(await folded(config, [...origins.values()])),
  ]
}

async function openedToImport({ store }: Config): Promise<Store> {
  try {
    return await openStore({
      path: store.path,
      keepRawMs: store.keepRawDays * DAY_MS,
      keepOkSampleEvery: store.keepOkSampleEvery,
      commitEveryMs: store.commitEveryMs,
      now: Date.now,
      onError: () => undefined, // flush() throws the same
    })
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store_locked') throw error
    throw new AppError(
      'store_locked',
      `${store.path} is held by a running daemon, and its store must not be changed meanwhile. Stop the daemon and import again, or import into another store: --config with another store.path.`,
      { cause: error },
    )
  }
}

/** Everything that was ever imported is folded together: networks of one country speak for each other. */
async function folded(config: Config, origins: readonly VantageFacts[]): Promise<string[]> {
  if (origins.length === 0) return []
  const record = await openRecord(config.store.path, { now: Date.now })
  let vantages: string[]
  try {
    record.saveVantages(origins)
    vantages = record.vantages().flatMap(({ id }) => (IMPORTED.test(id) ? [id] : []))
  } finally {
    record.close()
  }
  const by = `cli:${userInfo().username}`
  const { differences } = await backfill({ config, vantages, by, now: Date.now })
  const count = (kind: (typeof differences)[number]['kind']) =>
    differences.filter((difference) => difference.kind === kind).length
  return [`outages: ${count('appears')} new, ${count('changes')} changed, ${count('vanishes')} gone`]
}
