/** Kinds of value that the documented record holds, in its events and in its reports. */
import { z } from 'zod'
import { PRECISIONS, type Dating } from '../model/event.ts'
import { formed, moment, oneOf, section, text, webUrl } from './fields.ts'
import type { Problem } from './problem.ts'
import type { ReadFile } from './read.ts'
import { dayExists, SECOND_MS } from '../model/time.ts'
import { overlap, statedWindow } from '../model/stated.ts'

/** What names an event or a report: links refer to it. */
export function recordId() {
  const error = 'must be an id of small letters, digits and single hyphens, at most 80'
  return formed(/^[a-z0-9]+(-[a-z0-9]+)*$/, error, 80)
}

/** A moment in UTC, read into Unix ms. */
export function instant() {
  return moment().transform((value) => Date.parse(value))
}

/** A date as finely as it is known. */
export function statedDate() {
  const error = 'must be a date as far as it is known: "2015", 2015-05, 2015-05-28 or 2014-10-10T15:00+05:00'
  return z
    .string({ error })
    .regex(/^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}([+-]\d{2}:\d{2}|Z))?)?)?$/, { error })
    .refine(isDate, { error })
}

function isDate(value: string): boolean {
  return !Number.isNaN(Date.parse(value)) && (value.length < 10 || dayExists(value))
}

/** A time as sources state it, with the window to compute with. */
export function dating() {
  return section({
    stated: statedDate().nullable(),
    precision: oneOf(PRECISIONS).nullable(),
    earliest: instant().nullable(),
    latest: instant().nullable(),
  })
    .refine(({ earliest, latest }) => earliest === null || latest === null || earliest <= latest, {
      error: 'must not be before earliest; swap the two, or correct the wrong one',
      path: ['latest'],
    })
    .transform(({ stated, precision, earliest, latest }): Dating => ({
      stated,
      precision,
      earliestAt: earliest,
      latestAt: latest,
    }))
}

/** Refuses a dating whose window has nothing in common with what is stated: one of the two is a slip. @param key that holds it */
export function windowAgrees<S extends z.ZodType<{ readonly timeZone: string }>>(schema: S, key: string) {
  const agrees = (entry: z.output<S>) => {
    const dating = (entry as unknown as Readonly<Record<string, Dating>>)[key]!
    const stated = dating.stated === null ? null : statedWindow(dating.stated, entry.timeZone)
    const { earliestAt } = dating
    const firstSecond = earliestAt === null ? null : earliestAt - (earliestAt % SECOND_MS)
    return stated === null || overlap(stated, { ...dating, earliestAt: firstSecond })
  }
  return schema.refine(agrees, {
    error:
      'must overlap the window from earliest to latest, read in timeZone where it has no offset; correct whichever is wrong',
    path: [key, 'stated'],
    // of what is no date, or in no time zone, enough is said
    when: ({ issues }) => issues.length === 0,
  })
}

/** Where facts come from: at least one source, each of which others can look up. */
export function sourceList() {
  const source = section({
    title: text('must be the title of the source', 300),
    publisher: text('must be who published it', 200),
    date: statedDate().nullable().default(null),
    url: webUrl().nullable().default(null),
  }).refine(({ date, url }) => date !== null || url !== null, {
    error: 'must have a date or a url beside its publisher, so that others can look it up',
  })
  return z
    .array(source, { error: 'must be a list of sources' })
    .min(1, { error: 'must hold at least one source' })
}

export function countryCode() {
  const error = 'must be an ISO 3166-1 code of two capital letters, such as TJ'
  return z.string({ error }).regex(/^[A-Z]{2}$/, { error })
}

export function regionCodes() {
  const error = 'must be an ISO 3166-2 code such as TJ-GB'
  return listOf(z.string({ error }).regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, { error }))
}

/** A list that may be left out. */
export function listOf<S extends z.ZodType>(element: S) {
  return z.array(element, { error: 'must be a list' }).default([])
}

/** A problem for each entry that has the id of an earlier one. */
export function namedTwice(
  file: ReadFile,
  list: string,
  entries: readonly { readonly id: string }[],
): Problem[] {
  return [...entries.entries()].flatMap(([i, { id }]) => {
    const first = entries.findIndex((entry) => entry.id === id)
    return first === i
      ? []
      : [file.problemAt([list, i, 'id'], `must be unique, but ${list}[${first}] is ${id} too`)]
  })
}
