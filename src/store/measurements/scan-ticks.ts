/** scan-ticks: the moments at which passing time changed something, a thousand at a time. */
import type Database from 'better-sqlite3'

export interface TickRow {
  readonly id: number
  readonly seq: number
  readonly at: number
}

/** Ticks after one, between two rows, in order. */
export function* ticksBetween(
  ticks: Database.Statement<[number, number, number, number], TickRow>,
  afterSeq: number,
  afterTick: number,
  toSeq: number,
): Generator<{ seq: number; at: number }, undefined> {
  for (let after = afterTick; ;) {
    const found = ticks.all(afterSeq, toSeq, after, 1000)
    yield* found
    if (found.length < 1000) return undefined
    after = found.at(-1)!.id
  }
}
