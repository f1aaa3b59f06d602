/** What schedule/ is given and what it says. It knows nothing of probing: it calls the functions it was given. */

/** One thing to do in every round. */
export interface RoundItem {
  /** an item whose key is still waiting or in flight from before is skipped: no overlap */
  readonly key: string
  /** what shares a cap: the vantage */
  readonly lane: string
  /** items of one group follow each other evenly over the period: a service from one vantage */
  readonly group: string
}

export interface Round<Item extends RoundItem = RoundItem> {
  readonly id: string
  /** five fields, or six with seconds first */
  readonly cron: string
  readonly timezone: string
  /** starts are spread over the period, but over no more than this; 0 = all at once */
  readonly spreadMs: number
  /** asked each time the round begins, so that what is in force then is done */
  items(): readonly Item[]
  /** `signal` is aborted when the schedule stops and its patience is over. A rejection goes to `onError`. */
  run(item: Item, signal: AbortSignal): Promise<void>
}

/** Something started. `lateMs`: after it was meant to, waiting for room included. */
export interface Started {
  readonly kind: 'round' | 'confirm'
  /** round id; for a confirmation its key */
  readonly id: string
  readonly lane: string
  readonly lateMs: number
}

/**
 * Something did not start. `overlap`: the one before is not done. `late`: its time passed while the machine slept or hung.
 * `missed`: whole rounds passed so. `replaced`: a new configuration came first.
 */
export interface Skipped {
  readonly reason: 'overlap' | 'late' | 'missed' | 'replaced'
  /** round id; for a confirmation its key */
  readonly id: string
  /** how many items, or for `missed` how many rounds */
  readonly count: number
}

/** A round in which every item was done or skipped. */
export interface RoundDone {
  readonly id: string
  /** Unix ms */
  readonly beganAt: number
  readonly durationMs: number
  readonly done: number
  readonly skipped: number
  readonly maxLateMs: number
}

export interface ScheduleOptions {
  readonly rounds: readonly Round[]
  readonly maxInFlight: number
  /** most at once in one lane */
  laneLimit(lane: string): number
  onStarted(started: Started): void
  onSkipped(skipped: Skipped): void
  onRoundDone(round: RoundDone): void
  /** a run rejected: a bug, for the log */
  onError(error: unknown, key: string): void
}

/** Looks at one thing, repeated soon. */
export interface Confirmation {
  /** one series per key at a time */
  readonly key: string
  readonly lane: string
  /** offsets from now; they do not wait for one another */
  readonly afterMs: readonly number[]
  run(signal: AbortSignal): Promise<void>
  /** one of the series will never run: its time passed, or the schedule stopped */
  dropped?(): void
}

export interface Schedule {
  /** @returns false when a series for this key is under way, and nothing was added */
  confirm(confirmation: Confirmation): boolean
  /** takes over new rounds and caps. What is in flight, and confirmations, go on; the new rounds are joined as at the start. */
  replace(options: ScheduleOptions): void
  /** no new starts; waits for what is in flight, and after the deadline aborts it; rounds cut short are not reported */
  stop(deadlineMs: number): Promise<{ readonly aborted: number }>
  /** what goes on now, for metrics */
  load(): { readonly inFlight: number; readonly waiting: number }
}
