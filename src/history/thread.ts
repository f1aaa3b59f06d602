/**
 * thread: history in worker threads, so that neither a long query nor a large export holds up the main thread.
 *
 *     query ─► free thread (two at most) ─► answer;   past the deadline the thread is ended, and another takes its place
 */
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { AppError } from '../model/error.ts'
import type { History } from '../model/history.ts'
import { MINUTE_MS } from '../model/time.ts'
import type { HistoryOptions } from './history.ts'
import type { Answer, Query, Question } from './worker.ts'

export interface HistoryThreadOptions extends HistoryOptions {
  /** a query that takes longer is given up; default 30 s */
  readonly deadlineMs?: number
  /** a thread died with nothing to do; another takes its place */
  readonly onError?: (error: unknown) => void
}

const DEADLINE_MS = 30_000
/** One for what takes long, one for what must not wait for it. */
const THREADS = 2
/** Beyond it, asking is refused rather than left to wait for its deadline. */
const MAX_WAITING = 500
const IDLE_MS = MINUTE_MS

/**
 * Starts a history that works elsewhere. Nothing is opened before the first query.
 *
 * @returns answers that reject with the AppError openHistory would throw, or with AppError busy when the deadline passed or too
 *   many wait, and internal when the thread died or it was closed
 */
export function startHistoryThread(options: HistoryThreadOptions): History {
  const { deadlineMs = DEADLINE_MS, onError = () => undefined, ...workerData } = options
  const pool = new Piscina<Query, Answer>({
    // Beside this file and of its kind: .ts from the sources, .js when built.
    filename: fileURLToPath(new URL(`worker${extname(import.meta.url)}`, import.meta.url)),
    workerData,
    // None before it is asked: a thread that only waits takes as much memory as one that works.
    minThreads: 0,
    maxThreads: THREADS,
    maxQueue: MAX_WAITING,
    idleTimeout: IDLE_MS,
    recordTiming: false,
  })
  pool.on('error', onError)

  let closed = false
  const ask =
    <Q extends Question>(question: Q) =>
    async (about: Parameters<History[Q]>[0]): Promise<Awaited<ReturnType<History[Q]>>> => {
      if (closed) throw failed(question, 'the history is closed', null)
      const deadline = AbortSignal.timeout(deadlineMs)
      const answer = await pool.run({ question, about }, { signal: deadline }).catch((cause: unknown) => {
        throw failed(question, cause, deadline.aborted ? deadlineMs : null)
      })
      if (answer.kind === 'refused') throw new AppError(answer.code, answer.detail, { field: answer.field })
      return answer.value as Awaited<ReturnType<History[Q]>>
    }

  return {
    outages: ask('outages'),
    outage: ask('outage'),
    incidents: ask('incidents'),
    incident: ask('incident'),
    events: ask('events'),
    event: ask('event'),
    reports: ask('reports'),
    report: ask('report'),
    correlations: ask('correlations'),
    measurements: ask('measurements'),
    timeline: ask('timeline'),
    async close() {
      closed = true
      await pool.destroy()
    },
  }
}

function failed(question: Question, cause: unknown, lateMs: number | null): AppError {
  if (lateMs !== null) {
    const what = `took longer than ${lateMs} ms and was cancelled. Ask for a shorter time range`
    return new AppError('busy', `The query for ${question} ${what}.`, { cause })
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  const full = reason === QUEUE_FULL
  return new AppError(
    full ? 'busy' : 'internal',
    `The query for ${question} could not be answered: ${reason}.`,
    { cause },
  )
}

/** Piscina gives this error no code. */
const QUEUE_FULL = 'Task queue is at limit'
