/**
 * store: remembers every measurement, every outage and where the detector stood, through crashes and power cuts.
 *
 *     save ─► queue ─► one transaction ─► file ◄─ a second, reading connection ◄─ queries
 *
 * One daemon holds the file; others may read it meanwhile.
 */
import type Database from 'better-sqlite3'
import { AppError } from '../model/error.ts'
import type { Grouped, Incident } from '../model/incident.ts'
import type { CanaryAnswer } from '../model/judged-measurement.ts'
import type { Measurement } from '../model/measurement.ts'
import type { OutageChange, StateChange } from '../model/outage.ts'
import type { Rates } from '../model/rates.ts'
import type { Verdict } from '../model/verdict.ts'
import { createBatchWriter } from './batch.ts'
import { openToWrite } from './file/connection.ts'
import { type Found, claim, examine, explain, freeBytes, lock, makeFolder } from './file/file.ts'
import { GroupCommit } from './group-commit.ts'
import { migrate } from './file/migrate.ts'
import { type Pruned, createPruner } from './measurements/prune.ts'
import { type StoreReader, openStoreReadOnly } from './reader.ts'
import { smallRow } from './measurements/small-row.ts'

export interface StoreOptions {
  /** its folder is made when missing */
  readonly path: string
  /** how long raw measurements are kept */
  readonly keepRawMs: number
  /** of measurements that were fine, every n-th of an endpoint and vantage is kept in full, the first included */
  readonly keepOkSampleEvery: number
  readonly commitEveryMs: number
  /** measurements held at most while the disk refuses; default 10,000 */
  readonly maxQueued?: number
  /** the file never grows beyond this; default: as large as the disk allows */
  readonly maxBytes?: number
  readonly now: () => number
  /** ids of measurements that are on disk for good */
  readonly onCommitted?: (ids: readonly string[]) => void
  /** how long each commit took */
  readonly onTimed?: (tookMs: number) => void
  /** a commit or a pruning failed and is tried again, or measurements had to be given up */
  readonly onError: (error: unknown) => void
}

/** One step of the pipeline, to be kept whole. */
export interface Saved {
  /** `null`: time passed, nothing was measured */
  readonly measurement: Measurement | null
  /** `null`: it was not judged */
  readonly verdict: Verdict | null
  readonly changes: readonly OutageChange[]
  /** the incidents those changes made or changed */
  readonly incidents?: Grouped<Incident> | null
  /** services that are in another state since */
  readonly states?: readonly StateChange[]
  /** the detector's state for a vantage after this step, JSON */
  readonly detector: { readonly vantage: string; readonly state: string } | null
  /** what a canary said of its vantage, so that a replay need not ask again */
  readonly answered?: CanaryAnswer
  /** what a measurement that failed was judged with, so that it can be judged again */
  readonly controls?: readonly Measurement[]
  /** how fast bytes came, here and elsewhere: what was folded, so that a replay folds the same */
  readonly rates?: Rates | null
  /** Unix ms: time passed, and changed something; given once where it changed several vantages */
  readonly tickAt?: number
}

export interface Store extends Omit<StoreReader, 'sizes'> {
  /** what was found at opening, for the log */
  readonly opened: { readonly found: Found; readonly migrations: readonly string[] }
  /** Queues one step; the order of calls is the order of replay. Commits at once when an outage or an incident changed. */
  readonly save: (step: Saved) => void
  /** Commits what is queued. @throws AppError when it cannot; all stays queued and is tried again */
  readonly flush: () => void
  readonly stats: () => ReturnType<StoreReader['sizes']> & {
    readonly queued: number
    readonly dropped: number
    readonly lastCommitMs: number
    /** the last commit did not go through; what it held is tried again */
    readonly failing: boolean
    /** room left on the disk; `null` = the system does not say */
    readonly freeBytes: number | null
  }
  /** Lets at most 500 raw measurements go that are past their time; call again soon while there is `more`. */
  readonly prune: (now: number) => Pruned
  /** Commits, marks the stop as clean, lets go of the file. @throws AppError when the last commit failed; it is closed all the same */
  readonly close: () => void
}

/**
 * Opens the store, makes or migrates it as needed, and checks it from end to end when the last stop was not clean.
 *
 * @throws AppError config_invalid, store_locked, store_newer, store_damaged
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { path } = options
  makeFolder(path)
  const unlock = lock(path)
  let raw: Database.Database | null = null
  try {
    const found = examine(path)
    raw = openToWrite(path, options.maxBytes)
    const migrations = prepare(raw, options.now())
    return store(raw, openStoreReadOnly(path), unlock, options, { found, migrations })
  } catch (error) {
    raw?.close()
    unlock()
    throw explain(path, error)
  }
}

/** From here until close() the file counts as not cleanly stopped. */
function prepare(raw: Database.Database, at: number): string[] {
  return migrate(raw, () => {
    claim(raw, at)
    raw.prepare("update meta set value = '0' where key = 'clean_stop'").run()
  })
}

function store(
  raw: Database.Database,
  reader: StoreReader,
  unlock: () => void,
  options: StoreOptions,
  opened: Store['opened'],
): Store {
  const { path, commitEveryMs, keepOkSampleEvery, keepRawMs, maxQueued = 10_000, now } = options
  const prune = createPruner(raw, keepRawMs)
  const sampled = sampler(keepOkSampleEvery)
  const group = new GroupCommit({
    write: createBatchWriter(raw, now),
    commitEveryMs,
    maxQueued,
    onCommitted: options.onCommitted ?? (() => undefined),
    onTimed: options.onTimed ?? (() => undefined),
    onError: (error) => options.onError(explain(path, error)),
  })

  function flush(): void {
    try {
      group.flush()
    } catch (error) {
      throw explain(path, error)
    }
  }

  const { sizes, close: closeReader, ...queries } = reader
  return {
    ...queries,
    opened,
    save({ measurement, changes, tickAt, ...rest }) {
      const tick = tickAt === undefined ? null : { tickAt }
      const row = measurement === null ? tick : smallRow({ ...rest, measurement }, sampled)
      group.queue({ ...rest, row, outages: changes.map(({ outage }) => outage) })
    },
    flush,
    stats: () => ({ ...sizes(), ...group.stats(), freeBytes: freeBytes(path) }),
    prune(at) {
      try {
        return prune(at)
      } catch (error) {
        options.onError(explain(path, error))
        return { deleted: 0, more: false }
      }
    },
    close() {
      if (!raw.open) return
      group.stop()
      try {
        flush()
        raw.prepare("update meta set value = '1' where key = 'clean_stop'").run()
      } catch (error) {
        const lost = group.stats().queued
        throw new AppError(
          'internal',
          `${path}: the last commit before stopping failed, ${lost} rows are lost.`,
          {
            cause: error,
          },
        )
      } finally {
        closeReader()
        raw.close() // the last connection out writes the log back into the file
        unlock()
      }
    },
  }
}

/** Every n-th of its kind, the first included, so that each endpoint has a full record soon after the start. */
function sampler(every: number): (endpoint: string, vantage: string) => boolean {
  const seen = new Map<string, number>()
  return (endpoint, vantage) => {
    const key = `${endpoint}\0${vantage}`
    const n = seen.get(key) ?? 0
    seen.set(key, n + 1)
    return n % every === 0
  }
}
