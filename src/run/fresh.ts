/**
 * fresh: one answer shared by everybody who asks the same thing at about the same time.
 *
 * When five services fail at once, each wants a fresh control and a fresh look at the canaries; one asking serves them all.
 */
import { MINUTE_MS } from '../model/time.ts'

/** Asks, or joins an asking for the same key that began no earlier than `notBeforeAt` (Unix ms), nor more than a minute ago. */
export type Fresh<T> = (key: string, notBeforeAt: number, ask: () => Promise<T>) => Promise<T>

/** Nobody wants an older answer; keys hold addresses that change, so that most never come again. */
const KEEP_MS = MINUTE_MS

/**
 * Remembers the last asking per key, for a minute. One that lies ahead, the clock having been set back, is forgotten too.
 *
 * @param now Unix ms
 */
export function createFresh<T>(now: () => number): Fresh<T> {
  const asked = new Map<string, { at: number; answer: Promise<T> }>()
  return async (key, notBeforeAt, ask) => {
    const at = now()
    for (const [old, last] of asked) if (last.at > at || last.at < at - KEEP_MS) asked.delete(old)
    const last = asked.get(key)
    if (last !== undefined && last.at >= notBeforeAt) return last.answer
    const answer = ask()
    asked.set(key, { at, answer })
    return answer
  }
}
