/** pending: measurements that wait for controls and canaries, as plain data: each ends when all is answered, or at its deadline. Pure. */
import type { Ask } from './asks.ts'
import type { ProbeCommand } from './types.ts'

export interface Waiting<M> {
  readonly of: ProbeCommand
  readonly measurement: M
  readonly controls: readonly Ask<M>[]
  readonly canaries: readonly Ask<M>[]
  /** Unix ms: judged then with what is there */
  deadlineAt: number
}

export interface Pending<M> {
  readonly add: (waiting: Waiting<M>) => void
  /** Takes out, in the order they came, what waits for nothing any more. */
  readonly take: (at: number) => readonly Waiting<M>[]
  readonly shift: (byMs: number) => void
  /** Unix ms; Infinity = nothing waits */
  readonly nextAt: () => number
  readonly count: () => number
}

const NONE: readonly never[] = []

export function createPending<M>(): Pending<M> {
  let waiting: Waiting<M>[] = []
  let nextAt = Infinity

  function note(): void {
    nextAt = Math.min(Infinity, ...waiting.map(({ deadlineAt }) => deadlineAt))
  }

  return {
    add(one) {
      waiting.push(one)
      note()
    },
    take(at) {
      if (waiting.length === 0) return NONE
      const ready = waiting.filter((waiting) => waiting.deadlineAt <= at || isAnswered(waiting))
      if (ready.length === 0) return NONE
      waiting = waiting.filter((waiting) => !ready.includes(waiting))
      note()
      return ready
    },
    shift(byMs) {
      for (const one of waiting) one.deadlineAt += byMs
      note()
    },
    nextAt: () => nextAt,
    count: () => waiting.length,
  }
}

function isAnswered<M>({ controls, canaries }: Waiting<M>): boolean {
  return controls.every(({ done }) => done) && canaries.every(({ done }) => done)
}
