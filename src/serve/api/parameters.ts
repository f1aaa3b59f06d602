/** Kinds of query parameter. Each says in one phrase what would be right; the OpenAPI document comes from the same lines. */
import { z } from 'zod'
import { AppError } from '../../model/error.ts'
import { dayExists, parseTime } from '../../model/time.ts'

const MAX_ROWS = 1000
const DEFAULT_ROWS = 100
const YEAR_1_AT = -62_135_596_800_000
const YEAR_9999_AT = 253_402_300_799_999

/** A moment: ISO 8601, or a span back from now. */
export function time(name: string, now: () => number, description: string) {
  return z
    .string({ error: 'must be given once' })
    .meta({ description, examples: ['2015-05-01', '2015-05-01T10:00:00Z', '7d'] })
    .transform((text, context) => {
      try {
        if (!/^\d{4}-\d{2}-\d{2}/.test(text) || dayExists(text)) return parseTime(text, name, now())
        context.addIssue({ code: 'custom', message: 'must be a day of the calendar' })
        return z.NEVER
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        context.addIssue({ code: 'custom', message: error.detail, params: { whole: true } })
        return z.NEVER
      }
    })
    .refine((at) => at >= YEAR_1_AT && at <= YEAR_9999_AT, { error: 'must lie in the years 1 to 9999' })
}

/** The id of something: part of what is stored, so nothing exotic. */
export function id(what: string) {
  const error = `must be the id of ${what}`
  return z
    .string({ error })
    .regex(/^[\w./:@-]{1,200}$/, { error })
    .meta({ description: `Only this ${what.replace(/^an? /, '').replace(/, such as.*/, '')}` })
}

export function word<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` }).meta({ description })
}

export function yesNo(description: string) {
  const error = 'must be true or false'
  return z
    .enum(['true', 'false'], { error })
    .meta({ description })
    .transform((text) => text === 'true')
}

export function country() {
  const error = 'must be an ISO 3166-1 code of two capital letters, such as TJ'
  return z
    .string({ error })
    .regex(/^[A-Z]{2}$/, { error })
    .meta({ description: 'Only in this country' })
}

/** How many rows at most. @param most 100 or more */
export function limit(most = MAX_ROWS) {
  const error = `must be a whole number from 1 to ${most}`
  return z
    .string({ error })
    .regex(/^[1-9]\d{0,3}$/, { error })
    .refine((text) => Number(text) <= most, { error })
    .meta({ description: `Maximum number of rows, up to ${most}`, default: String(DEFAULT_ROWS) })
    .default(String(DEFAULT_ROWS))
    .transform(Number)
}

/** Where the next page begins. */
export function cursor() {
  const error = 'must be the value of after= in the next link of a page'
  return z
    .string({ error })
    .regex(/^[\w.~:+/=-]{1,500}$/, { error })
    .meta({
      description: 'Cursor of the next page, as given by the page before in `next` and in its Link header',
    })
}

/** By which time, and in which direction. */
export function sort(by: string) {
  return z
    .enum([`-${by}`, by], { error: `must be ${by} (oldest first) or -${by} (newest first)` })
    .meta({ description: `\`-${by}\` newest first, \`${by}\` oldest first` })
    .default(`-${by}`)
    .transform((text): 'newest' | 'oldest' => (text === by ? 'oldest' : 'newest'))
}

/** Which fields of each row, by commas. */
export function fields(known: readonly string[]) {
  const error = `must be a comma-separated list of fields, from ${known.join(', ')}`
  return z
    .string({ error })
    .refine((text) => text.split(',').every((name) => known.includes(name)), { error })
    .meta({
      description: 'Only these fields of each row, comma-separated',
      examples: [known.slice(0, 2).join(',')],
    })
    .transform((text) => text.split(','))
}

/** JSON or CSV, whatever the Accept header says. */
export function format() {
  return word(['json', 'csv'], 'Format of the response; takes precedence over the Accept header')
}
