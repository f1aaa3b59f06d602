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

/** What waits, and the timer that ends the waiting. */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  #rows: (SmallRow | Tick)[] = []
  #outages = new Map<string, Outage>()
  #groupings: readonly Grouped<Incident>[] = []
  #states: StateChange[] = []
  #detectors = new Map<string, string>()
  #timer: NodeJS.Timeout | null = null
  #stopped = false
  #dropping = false
  #dropped = 0
  #lastCommitMs = 0
  #failing = false

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /** Queues; commits at once when an outage or an incident changed. A failure to commit goes to `onError`. */
  queue({ row, outages = [], incidents = null, states = [], detector = null }: Entry): void {
    if (this.#stopped) throw new Error('something was saved after the store was closed')
    if (row !== null) {
      this.#makeRoom()
      this.#rows.push(row)
    }
    for (const outage of outages) this.#outages.set(outage.id, outage)
    if (incidents !== null) {
      this.#groupings = [...this.#groupings.map((grouped) => without(grouped, incidents)), incidents]
    }
    this.#states.push(...states)
    if (detector !== null) this.#detectors.set(detector.vantage, detector.state)
    if (outages.length > 0 || incidents !== null) this.#tryCommit()
    else if (!this.#isEmpty()) this.#arm()
  }

  /** Commits what is queued. @throws what the database threw; all of it stays queued and is tried again */
  flush(): void {
    this.#disarm()
    if (this.#isEmpty()) return
    const startedMs = performance.now()
    try {
      this.#options.write({
        rows: this.#rows,
        outages: this.#outages,
        groupings: this.#groupings,
        states: this.#states,
        detectors: this.#detectors,
      })
    } catch (error) {
      this.#failing = true
      this.#arm()
      throw error
    }
    this.#failing = false
    this.#lastCommitMs = performance.now() - startedMs
    const ids = this.#rows.flatMap((row) => ('tickAt' in row ? [] : [row.id]))
    this.#rows = []
    this.#outages = new Map()
    this.#groupings = []
    this.#states = []
    this.#detectors = new Map()
    this.#dropping = false
    this.#announce(ids)
  }

  /** `failing`: the last commit did not go through */
  stats(): { queued: number; dropped: number; lastCommitMs: number; failing: boolean } {
    return {
      queued: this.#queued(),
      dropped: this.#dropped,
      lastCommitMs: this.#lastCommitMs,
      failing: this.#failing,
    }
  }

  /** Ends the timer. What is still queued is lost unless flushed before. */
  stop(): void {
    this.#stopped = true
    this.#disarm()
  }

  /** All that waits, the detector's state aside. */
  #queued(): number {
    return this.#rows.length + this.#outages.size + this.#groupings.length + this.#states.length
  }

  #isEmpty(): boolean {
    return this.#queued() === 0 && this.#detectors.size === 0
  }

  #arm(): void {
    if (this.#timer === null && !this.#stopped) {
      this.#timer = setTimeout(() => this.#tryCommit(), this.#options.commitEveryMs)
    }
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #announce(ids: readonly string[]): void {
    try {
      this.#options.onTimed(this.#lastCommitMs)
      if (ids.length > 0) this.#options.onCommitted(ids)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #tryCommit(): void {
    try {
      this.flush()
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #makeRoom(): void {
    const { maxQueued, onError } = this.#options
    if (this.#rows.length < maxQueued) return
    this.#rows.shift()
    this.#dropped += 1
    if (this.#dropping) return
    this.#dropping = true
    onError(
      new AppError(
        'internal',
        `The database takes nothing and ${maxQueued} measurements are waiting: the oldest are now being given up, one for ` +
          'each new one. Outages are kept. Free space on the disk, or see the error reported before this one.',
      ),
    )
  }
}

/** A grouping that waits, without what a later one says anew. */
function without({ incidents, changes }: Grouped<Incident>, later: Grouped<Incident>): Grouped<Incident> {
  const said = new Set(later.incidents.map(({ id }) => id))
  return { incidents: incidents.filter(({ id }) => !said.has(id)), changes }
}
