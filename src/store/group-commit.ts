/**
 * group-commit: what is saved waits in memory and goes to disk together, so that a round costs one sync rather than many.
 *
 *     save ─► queue ── after commitEveryMs, or at once when an outage changed ──► one transaction ─► onCommitted
 *                └──────────────── stays when that fails, and is tried again ◄───────────┘
 *
 * When the disk takes nothing for long, the oldest measurements are given up and counted. Outages, incidents and the detector's
 * state never are: of those only the last word of each is kept, so they cannot pile up.
 */
import { AppError } from '../model/error.ts'
import type { Grouped, Incident } from '../model/incident.ts'
import type { Outage, StateChange } from '../model/outage.ts'
import type { Batch } from './batch.ts'
import type { SmallRow, Tick } from './measurements/small-row.ts'

/** What goes to disk whole. */
export interface Entry {
  readonly row: SmallRow | Tick | null
  readonly outages?: readonly Outage[]
  readonly incidents?: Grouped<Incident> | null
  readonly states?: readonly StateChange[]
  readonly detector?: { readonly vantage: string; readonly state: string } | null
}

export interface GroupCommit {
  /** Queues; commits at once when an outage or an incident changed. A failure to commit goes to `onError`. */
  readonly queue: (entry: Entry) => void
  /** Commits what is queued. @throws what the database threw; all of it stays queued and is tried again */
  readonly flush: () => void
  /** `failing`: the last commit did not go through */
  readonly stats: () => { queued: number; dropped: number; lastCommitMs: number; failing: boolean }
  /** Ends the timer. What is still queued is lost unless flushed before. */
  readonly stop: () => void
}

export interface GroupCommitOptions {
  readonly write: (batch: Batch) => void
  readonly commitEveryMs: number
  /** measurements held at most while the disk refuses */
  readonly maxQueued: number
  /** ids that are on disk for good */
  readonly onCommitted: (ids: readonly string[]) => void
  /** how long each commit took */
  readonly onTimed: (tookMs: number) => void
  readonly onError: (error: unknown) => void
}

export function openGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { write, commitEveryMs, maxQueued, onCommitted, onTimed, onError } = options
  let rows: (SmallRow | Tick)[] = []
  let outages = new Map<string, Outage>()
  let groupings: readonly Grouped<Incident>[] = []
  let states: StateChange[] = []
  let detectors = new Map<string, string>()
  let timer: NodeJS.Timeout | null = null
  let stopped = false
  let dropping = false
  let dropped = 0
  let lastCommitMs = 0
  let failing = false

  /** All that waits, the detector's state aside. */
  const queued = () => rows.length + outages.size + groupings.length + states.length
  const isEmpty = () => queued() === 0 && detectors.size === 0

  function arm(): void {
    if (timer === null && !stopped) timer = setTimeout(tryCommit, commitEveryMs)
  }

  function disarm(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }

  function flush(): void {
    disarm()
    if (isEmpty()) return
    const startedMs = performance.now()
    try {
      write({ rows, outages, groupings, states, detectors })
    } catch (error) {
      failing = true
      arm()
      throw error
    }
    failing = false
    lastCommitMs = performance.now() - startedMs
    const ids = rows.flatMap((row) => ('tickAt' in row ? [] : [row.id]))
    rows = []
    outages = new Map()
    groupings = []
    states = []
    detectors = new Map()
    dropping = false
    announce(ids)
  }

  function announce(ids: readonly string[]): void {
    try {
      onTimed(lastCommitMs)
      if (ids.length > 0) onCommitted(ids)
    } catch (error) {
      onError(error)
    }
  }

  function tryCommit(): void {
    try {
      flush()
    } catch (error) {
      onError(error)
    }
  }

  function makeRoom(): void {
    if (rows.length < maxQueued) return
    rows.shift()
    dropped += 1
    if (dropping) return
    dropping = true
    onError(
      new AppError(
        'internal',
        `The database takes nothing and ${maxQueued} measurements are waiting: the oldest are now being given up, one for ` +
          'each new one. Outages are kept. Free space on the disk, or see the error reported before this one.',
      ),
    )
  }

  return {
    queue({ row, outages: changed = [], incidents = null, states: turns = [], detector = null }) {
      if (stopped) throw new Error('something was saved after the store was closed')
      if (row !== null) {
        makeRoom()
        rows.push(row)
      }
      for (const outage of changed) outages.set(outage.id, outage)
      if (incidents !== null) groupings = [...groupings.map((each) => without(each, incidents)), incidents]
      states.push(...turns)
      if (detector !== null) detectors.set(detector.vantage, detector.state)
      if (changed.length > 0 || incidents !== null) tryCommit()
      else if (!isEmpty()) arm()
    },
    flush,
    stats: () => ({ queued: queued(), dropped, lastCommitMs, failing }),
    stop() {
      stopped = true
      disarm()
    },
  }
}

/** A grouping that waits, without what a later one says anew. */
function without({ incidents, changes }: Grouped<Incident>, later: Grouped<Incident>): Grouped<Incident> {
  const said = new Set(later.incidents.map(({ id }) => id))
  return { incidents: incidents.filter(({ id }) => !said.has(id)), changes }
}
