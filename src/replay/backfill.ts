/**
 * backfill: outages and incidents out of measurements that no daemon folded, such as those imported from others.
 *
 * An imported vantage has no schedule and no canaries: it counts as online, and its round is the usual gap between looks at one
 * service. Its verdicts were judged when they were imported, and are final. Vantages folded together may corroborate each
 * other where they are in one country. The end of the data is the end of what is known: an outage open there is closed, with
 * that said. No detector's state is kept, so that no daemon takes these vantages for its own; more data is folded together
 * with the old, from the beginning.
 */
import type { Config } from '../config/config.ts'
import { newDetector } from '../detect/detector.ts'
import { foldTick } from '../detect/fold.ts'
import type { Watch } from '../detect/settings.ts'
import type { Outage } from '../model/outage.ts'
import { endpointsAt } from '../model/service.ts'
import type { VantageFacts } from '../model/vantage.ts'
import { openStoreReadOnly } from '../store/reader.ts'
import { openRecord } from '../store/catalog/record.ts'
import { openScan } from '../store/measurements/scan.ts'
import type { ScannedRow } from '../store/measurements/scan-rows.ts'
import { settingsOf, watchingOf } from '../run/watching.ts'
import { applyReplay } from './apply.ts'
import { compareOutages, type OutageDifference } from './compare.ts'
import { refold, type Refolded } from './refold.ts'
import { usualGap } from './usual-gap.ts'

export interface BackfillOptions {
  readonly config: Config
  /** ids; where they are must be known to the record (`saveVantages`) before */
  readonly vantages: readonly string[]
  /** for the log of replays: `cli:<user>` */
  readonly by: string
  readonly now: () => number
}

export interface Backfilled {
  readonly rows: number
  readonly differences: readonly OutageDifference[]
}

/**
 * Folds everything stored of some vantages and writes what comes of it. Call it after the measurements are committed and the
 * store is closed. The same data again changes nothing.
 *
 * @throws AppError store_locked while a daemon runs; nothing was changed then
 */
export async function backfill({ config, vantages, by, now }: BackfillOptions): Promise<Backfilled> {
  const { path } = config.store
  const facts = await placesOf(path, vantages)
  const scan = openScan(path)
  let rows: ScannedRow[]
  try {
    rows = scan.rowsOf(vantages, 0, Number.MAX_SAFE_INTEGER)
  } finally {
    scan.close()
  }
  if (rows.length === 0) return { rows: 0, differences: [] }
  const { refolded, outages } = foldImported(config, facts, rows)
  const stored = await storedOf(path, vantages)
  const differences = compareOutages(stored, outages)
  if (differences.length > 0) {
    const about = { kind: 'backfill', vantages }
    await applyReplay(
      config,
      { fromAt: rows[0]!.startedAt, differences, refolded, ticks: null, detectors: {}, about, by },
      now(),
    )
  }
  return { rows: refolded.rows, differences }
}

function foldImported(
  config: Config,
  vantages: readonly VantageFacts[],
  rows: readonly ScannedRow[],
): { refolded: Refolded; outages: Outage[] } {
  const endpoints = new Map(config.services.flatMap((s) => s.endpoints.map((e) => [e.id, e] as const)))
  const roundMsOf = usualGap(rows, (id) => endpoints.get(id)?.service ?? null)
  const watchAt = (at: number): Watch => ({
    services: config.services.map((service) => ({
      id: service.id,
      endpoints: endpointsAt(service, at).map(({ id, role }) => ({ id, role })),
    })),
    vantages: vantages.map(({ id, country }) => ({ id, country })),
    canaries: [],
    roundMs: roundMsOf.any,
    roundMsOf: roundMsOf.of,
  })
  const detector = newDetector()
  const settings = settingsOf(config)
  const refolded = refold(
    {
      detector,
      watching: { ...watchingOf(config), watchAt, canaries: new Map() },
      rejudge: null,
      rates: () => null,
      ticks: 'made',
      noteFrom: rows[0]!.startedAt,
    },
    rows,
  )
  const outages = new Map(refolded.outages)
  const nobody = { ...watchAt(refolded.clock), vantages: [] }
  for (const { outage } of foldTick(detector, refolded.clock, nobody, settings).changes)
    outages.set(outage.id, outage)
  return { refolded, outages: [...outages.values()] }
}

async function placesOf(path: string, vantages: readonly string[]): Promise<readonly VantageFacts[]> {
  const record = await openRecord(path, { now: Date.now })
  try {
    return record.vantages().filter(({ id }) => vantages.includes(id))
  } finally {
    record.close()
  }
}

async function storedOf(path: string, vantages: readonly string[]): Promise<Outage[]> {
  const reader = openStoreReadOnly(path)
  try {
    const found = await Promise.all(vantages.map((vantage) => reader.outages({ vantage, order: 'oldest' })))
    return found.flat()
  } finally {
    reader.close()
  }
}
