/**
 * The prober pool: probes run in worker threads, so that the stopwatch never shares one with the database.
 *
 * task -> some worker -> Measurement. A worker that dies makes its measurements unfit; the pool starts another.
 */
import { randomUUID } from 'node:crypto'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BroadcastChannel } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { Measurement, Unfit } from '../model/measurement.ts'
import { measurementOf, type ProbeTask } from './task.ts'
import type { Job } from './worker.ts'

export interface ProberOptions {
  readonly workers: number
  /** how long close() lets probes in flight end by themselves */
  readonly drainMs: number
  /** hears of threads that died with nothing in flight; the pool starts others */
  readonly onError: (error: Error) => void
}

export interface Prober {
  /** Makes one measurement in a worker. Never rejects: what goes wrong on our side makes it unfit. */
  probe(task: ProbeTask, signal: AbortSignal): Promise<Measurement>
  /** Takes no more, lets what is in flight end, stops what is left at the deadline, and ends the threads. */
  close(): Promise<void>
}

/** Far more than are ever allowed in flight: waiting is the schedule's business, not the pool's. */
const MAX_PER_WORKER = 10_000
/** How long a stopped probe may take to hand in its measurement. */
const LAST_CALL_MS = 1_000

/** Starts the threads. */
export function startProber({ workers, drainMs, onError }: ProberOptions): Prober {
  const stopChannel = `didbon-stop-${randomUUID()}`
  const orders = new BroadcastChannel(stopChannel)
  orders.unref()
  const pool = new Piscina<Job, Measurement>({
    // Beside this file and of its kind: .ts from the sources, .js when built.
    filename: fileURLToPath(new URL(`worker${extname(import.meta.url)}`, import.meta.url)),
    workerData: { stopChannel },
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: MAX_PER_WORKER,
    // A worker must not sleep on an atomic while sockets of finished probes still close.
    atomics: 'disabled',
    recordTiming: false,
  })
  pool.on('error', onError)
  const inFlight = new Map<number, Promise<Measurement>>()
  let closing = false
  let last = 0

  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows; this is a channel of threads
  const stop = (number: number) => orders.postMessage(number)

  async function run(number: number, task: ProbeTask, signal: AbortSignal): Promise<Measurement> {
    const startedAt = Date.now()
    if (closing || signal.aborted) return unfit(task, startedAt, 'interrupted', null)
    const onAbort = () => stop(number)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await pool.run({ number, task })
    } catch (error) {
      const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
      return unfit(task, startedAt, closing ? 'interrupted' : 'our_error', `The worker failed. ${detail}`)
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  return {
    probe(task, signal) {
      last += 1
      const number = last
      const measurement = run(number, task, signal).finally(() => inFlight.delete(number))
      inFlight.set(number, measurement)
      return measurement
    },
    async close() {
      closing = true
      if (!(await allSettled(inFlight, drainMs))) {
        for (const number of inFlight.keys()) stop(number)
        await allSettled(inFlight, LAST_CALL_MS)
      }
      await pool.destroy()
      orders.close()
    },
  }
}

/** Waits until all are in. @returns false when that took too long */
async function allSettled(promises: ReadonlyMap<number, Promise<unknown>>, ms: number): Promise<boolean> {
  if (promises.size === 0) return true
  let timer: NodeJS.Timeout | null = null
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const all = Promise.allSettled(promises.values()).then(() => true)
  const result = await Promise.race([all, late])
  if (timer !== null) clearTimeout(timer)
  return result
}

function unfit(task: ProbeTask, startedAt: number, why: Unfit, detail: string | null): Measurement {
  const nothing = { durationMs: 0, loopLagMs: 0, observations: [], experiments: [] }
  return measurementOf(task, { ...nothing, startedAt, unfit: why, unfitDetail: detail })
}
