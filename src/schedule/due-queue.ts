/** What is to start, soonest first, and first come first served among equals: a binary heap. */

export interface Due {
  /** Unix ms */
  dueAt: number
}

export function dueQueue<T extends Due>() {
  let heap: { item: T; order: number }[] = []
  let pushed = 0
  const before = (a: number, b: number) => {
    const byTime = heap[a]!.item.dueAt - heap[b]!.item.dueAt
    return (byTime === 0 ? heap[a]!.order - heap[b]!.order : byTime) < 0
  }
  const swap = (a: number, b: number) => {
    const kept = heap[a]!
    heap[a] = heap[b]!
    heap[b] = kept
  }
  const push = (item: T): void => {
    let at = heap.push({ item, order: pushed++ }) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(at, parent)) return
      swap(at, parent)
      at = parent
    }
  }
  const pop = (): T | null => {
    const first = heap[0]?.item
    if (first === undefined) return null
    const last = heap.pop()!
    if (heap.length === 0) return first
    heap[0] = last
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= heap.length) return first
      const right = left + 1
      const least = right < heap.length && before(right, left) ? right : left
      if (!before(least, at)) return first
      swap(at, least)
      at = least
    }
  }
  return {
    push,
    pop,
    /** the soonest, left in place; `null` = nothing waits */
    peek: (): T | null => heap[0]?.item ?? null,
    /** takes out what matches, and returns it */
    remove(matches: (item: T) => boolean): T[] {
      const all = heap.toSorted((a, b) => a.order - b.order).map(({ item }) => item)
      heap = []
      for (const item of all) if (!matches(item)) push(item)
      return all.filter(matches)
    },
    /** moves everything in time */
    shift(byMs: number): void {
      for (const { item } of heap) item.dueAt += byMs
    },
  }
}
