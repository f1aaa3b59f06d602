/** What is still to happen, soonest first: a binary heap. Things due at the same moment happen in the order they were added. */

interface Due {
  readonly at: number
  readonly order: number
  readonly run: (at: number) => void
}

export interface Events {
  /** Infinity = nothing is to happen */
  readonly nextAt: () => number
  readonly add: (at: number, run: (at: number) => void) => void
  /** Runs what is due soonest. */
  readonly runNext: () => void
}

export function newEvents(): Events {
  const heap: Due[] = []
  let added = 0

  const before = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

  function add(at: number, run: Due['run']): void {
    const due = { at, order: added++, run }
    let hole = heap.push(due) - 1
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!before(due, heap[parent]!)) break
      heap[hole] = heap[parent]!
      hole = parent
    }
    heap[hole] = due
  }

  function take(): Due {
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let hole = 0
    for (;;) {
      let child = 2 * hole + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1
      if (!before(heap[child]!, last)) break
      heap[hole] = heap[child]!
      hole = child
    }
    heap[hole] = last
    return first
  }

  return {
    nextAt: () => heap[0]?.at ?? Infinity,
    add,
    runNext() {
      if (heap.length === 0) return
      const { at, run } = take()
      run(at)
    },
  }
}
