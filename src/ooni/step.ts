/** step: when a step began and how long it took, and what its tags and its transaction say. */
import { type Json, numberOf, textsOf } from './json.ts'

const MS_PER_S = 1000
/** No measurement takes a day. */
const LONGEST_S = 86_400

/** @returns ms after the measurement began; zeros where it is not said */
export function timesOf(entry: Json): { startedMs: number; durationMs: number } {
  const ended = secondsOf(entry['t']) ?? 0
  const started = secondsOf(entry['t0']) ?? ended
  return { startedMs: started * MS_PER_S, durationMs: Math.max(0, ended - started) * MS_PER_S }
}

/** A span between 0 and a day; `null` where it is not said. */
export function secondsOf(value: unknown): number | null {
  const seconds = numberOf(value)
  return seconds === null ? null : Math.min(Math.max(0, seconds), LONGEST_S)
}

/** `depth=N`; `null` where the entry has no such tag. */
export function depthOf(entry: Json): number | null {
  const tag = textsOf(entry['tags']).find((text) => /^depth=\d{1,4}$/.test(text))
  return tag === undefined ? null : Number(tag.slice('depth='.length))
}

export function hasTag(entry: Json, tag: string): boolean {
  return textsOf(entry['tags']).includes(tag)
}

/** What ties the steps of one connection together; `null` where the measurer numbered nothing. */
export function transactionOf(entry: Json): number | null {
  const id = numberOf(entry['transaction_id'])
  return id === null || id === 0 ? null : id
}
