/**
 * fresh: one answer shared by everybody who asks the same thing at about the same time.
 *
 * When five services fail at once, each wants a fresh control and a fresh look at the canaries; one asking serves them all.
 */

/**
 * Remembers the last asking per key.
 *
 * @param maxAgeMs how old an asking may be, by when it began
 * @param now Unix ms
 * @returns asks, or joins the asking under way
 */
export function createFresh<T>(maxAgeMs: number, now: () => number): (key: string, ask: () => Promise<T>) => Promise<T> {
  const asked = new Map<string, { at: number; answer: Promise<T> }>()
  return async (key, ask) => {
    const last = asked.get(key)
    if (last !== undefined && now() - last.at <= maxAgeMs) return last.answer
    const answer = ask()
    asked.set(key, { at: now(), answer })
    return answer
  }
}
