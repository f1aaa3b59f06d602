/**
 * fresh: one answer shared by everybody who asks the same thing at about the same time.
 *
 * When five services fail at once, each wants a fresh control and a fresh look at the canaries; one asking serves them all.
 */

/** Asks, or joins an asking for the same key that began no earlier than `notBeforeAt` (Unix ms). */
export type Fresh<T> = (key: string, notBeforeAt: number, ask: () => Promise<T>) => Promise<T>

/**
 * Remembers the last asking per key.
 *
 * @param now Unix ms
 */
export function createFresh<T>(now: () => number): Fresh<T> {
  const asked = new Map<string, { at: number; answer: Promise<T> }>()
  return async (key, notBeforeAt, ask) => {
    const last = asked.get(key)
    if (last !== undefined && last.at >= notBeforeAt) return last.answer
    const answer = ask()
    asked.set(key, { at: now(), answer })
    return answer
  }
}
