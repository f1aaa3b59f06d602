/** Parts that several kinds of row have in common, as they are seen outside. */
import { z } from 'zod'
import { CONFIDENCES, PRECISIONS, type Dating } from '../../model/event.ts'
import { MECHANISMS } from '../../model/verdict.ts'
import { isoSecond } from '../iso.ts'

/** What a schema describes, as a value nobody changes. */
export type Shown<S extends z.ZodType> = Frozen<z.output<S>>

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

/** A moment: ISO 8601, UTC. */
export function moment() {
  return z.iso.datetime()
}

export function mechanism() {
  return z.enum(MECHANISMS).nullable()
}

/** [earliest, latest]; `null` = open on that side. */
export function between() {
  return z.tuple([moment().nullable(), moment().nullable()])
}

/** A time as sources state it, in the form the files have. */
export function dating() {
  return z.strictObject({
    stated: z.string().nullable(),
    precision: z.enum(PRECISIONS).nullable(),
    earliest: moment().nullable(),
    latest: moment().nullable(),
  })
}

export function showDating({ stated, precision, earliestAt, latestAt }: Dating) {
  return { stated, precision, earliest: isoSecond(earliestAt), latest: isoSecond(latestAt) }
}

export function confidence() {
  return z.enum(CONFIDENCES)
}

export function sources() {
  return z.array(
    z.strictObject({
      title: z.string(),
      publisher: z.string(),
      date: z.string().nullable(),
      url: z.string().nullable(),
    }),
  )
}
