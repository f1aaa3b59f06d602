/** A history thread: owns a reading connection and what it remembers of the record, and answers one query at a time. */
import { workerData } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../model/error.ts'
import type { History } from '../model/history.ts'
import { type HistoryOptions, openHistory } from './history.ts'

/** Everything that can be asked. */
export type Question = Exclude<keyof History, 'close'>

export interface Query {
  readonly question: Question
  readonly about: unknown
}

/** An AppError does not outlive the way between threads as what it is, so it travels as data. */
export type Answer =
  | { readonly kind: 'answer'; readonly value: unknown }
  | {
      readonly kind: 'refused'
      readonly code: ErrorCode
      readonly detail: string
      readonly field: string | null
    }

const options = workerData as HistoryOptions
let history: History | null = null

/** Answers one query; called by the pool. */
export default async function answer({ question, about }: Query): Promise<Answer> {
  try {
    history ??= openHistory(options)
    const ask = history[question] as (about: unknown) => Promise<unknown>
    return { kind: 'answer', value: await ask(about) }
  } catch (error) {
    if (error instanceof AppError)
      return { kind: 'refused', code: error.code, detail: error.detail, field: error.field }
    throw error
  }
}
