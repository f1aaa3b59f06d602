/** limiter: lets a few in at a time, per key, in the order they came. */

/** Runs the work when there is room for its key. */
export type Limiter = <T>(key: string, work: () => Promise<T>) => Promise<T>

/** @param limitOf how many of a key may be inside at once, at least 1 */
export function createLimiter(limitOf: (key: string) => number): Limiter {
  const inside = new Map<string, number>()
  const waiting = new Map<string, (() => void)[]>()

  async function enter(key: string): Promise<void> {
    const now = inside.get(key) ?? 0
    if (now < Math.max(1, limitOf(key))) {
      inside.set(key, now + 1)
      return
    }
    await new Promise<void>((resolve) => {
      const queue = waiting.get(key) ?? []
      queue.push(resolve)
      waiting.set(key, queue)
    })
  }

  function leave(key: string): void {
    const next = waiting.get(key)?.shift()
    if (next !== undefined) next()
    else inside.set(key, inside.get(key)! - 1)
  }

  return async (key, work) => {
    await enter(key)
    try {
      return await work()
    } finally {
      leave(key)
    }
  }
}
