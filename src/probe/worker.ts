/** A prober's thread: owns sockets and the clock, and does nothing else. Told to stop single probes over a broadcast channel. */
import { BroadcastChannel, workerData } from 'node:worker_threads'
import type { Measurement } from '../model/measurement.ts'
import { probeOnce } from './ladder.ts'
import type { ProbeTask } from './task.ts'

/** What the pool hands over: the task, and the number it can be stopped by. */
export interface Job {
  readonly number: number
  readonly task: ProbeTask
}

/** How many stop orders for jobs we have not seen (yet) are remembered; those of other threads come by here too. */
const MAX_UNKNOWN = 1_000

const running = new Map<number, AbortController>()
const stopped = new Set<number>()

const { stopChannel } = workerData as { stopChannel: string }
const orders = new BroadcastChannel(stopChannel)
orders.onmessage = (event) => {
  const number = (event as { data: number }).data
  const controller = running.get(number)
  if (controller !== undefined) {
    controller.abort()
    return
  }
  // The order can overtake its job.
  stopped.add(number)
  if (stopped.size > MAX_UNKNOWN) stopped.delete(stopped.values().next().value!)
}
orders.unref()

/** Runs one probe; called by the pool. */
export default async function work({ number, task }: Job): Promise<Measurement> {
  const controller = new AbortController()
  if (stopped.delete(number)) controller.abort()
  running.set(number, controller)
  try {
    return await probeOnce(task, controller.signal)
  } finally {
    running.delete(number)
  }
}
