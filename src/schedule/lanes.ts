/**
 * How much may run at once: in all, and per lane. What does not fit waits in its lane; urgent work goes first, and lanes take
 * turns, so that one slow lane holds up nobody else.
 */

export interface Job {
  readonly lane: string
  readonly urgent: boolean
  /** starts it; settles when it is done, and never rejects */
  start(): Promise<void>
}

export interface Limits {
  readonly maxInFlight: number
  laneLimit(lane: string): number
}

export type Lanes<J extends Job> = ReturnType<typeof createLanes<J>>

interface Lane<J> {
  inFlight: number
  readonly urgent: J[]
  readonly patient: J[]
}

export function createLanes<J extends Job>(initial: Limits) {
  const lanes = new Map<string, Lane<J>>()
  let limits = initial
  let inFlight = 0

  /** Starts whatever has room, urgent work of every lane before patient work of any. */
  function fill(): void {
    for (const queue of ['urgent', 'patient'] as const) {
      let started = true
      while (started) {
        started = false
        for (const [name, lane] of lanes) {
          if (inFlight >= limits.maxInFlight) return
          const job = lane.inFlight < limits.laneLimit(name) ? lane[queue].shift() : undefined
          if (job === undefined) continue
          started = true
          start(name, lane, job)
        }
      }
    }
  }

  function start(name: string, lane: Lane<J>, job: J): void {
    inFlight++
    lane.inFlight++
    // behind the others, so that the next free place is for somebody else
    lanes.delete(name)
    lanes.set(name, lane)
    void job.start().then(() => {
      inFlight--
      lane.inFlight--
      forgetIdle(name, lane)
      fill()
    })
  }

  function forgetIdle(name: string, lane: Lane<J>): void {
    if (lane.inFlight === 0 && lane.urgent.length === 0 && lane.patient.length === 0) lanes.delete(name)
  }

  return {
    /** starts the job now, or as soon as there is room */
    enter(job: J): void {
      const lane = lanes.get(job.lane) ?? { inFlight: 0, urgent: [], patient: [] }
      lanes.set(job.lane, lane)
      lane[job.urgent ? 'urgent' : 'patient'].push(job)
      fill()
    },
    /** from now on; what is in flight stays in flight */
    limit(next: Limits): void {
      limits = next
      fill()
    },
    /** takes waiting jobs out, and returns them */
    remove(matches: (job: J) => boolean): J[] {
      const gone: J[] = []
      for (const [name, lane] of lanes) {
        for (const queue of [lane.urgent, lane.patient]) {
          gone.push(...queue.filter(matches))
          queue.splice(0, queue.length, ...queue.filter((job) => !matches(job)))
        }
        forgetIdle(name, lane)
      }
      return gone
    },
    inFlight: () => inFlight,
    waiting: () => [...lanes.values()].reduce((n, lane) => n + lane.urgent.length + lane.patient.length, 0),
  }
}
