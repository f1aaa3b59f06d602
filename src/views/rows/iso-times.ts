/** What the model looks like outside: every moment an ISO 8601 string, and its key without the `At` that says Unix ms. */
import { isoOf } from '../iso.ts'

/** `startedAt: number` becomes `started: string`, at any depth; the rest stays as it is. */
export type WithIsoTimes<T> = T extends readonly unknown[]
  ? { readonly [K in keyof T]: WithIsoTimes<T[K]> }
  : T extends object
    ? { readonly [K in keyof T as Shortened<K>]: K extends Moment ? Iso<T[K]> : WithIsoTimes<T[K]> }
    : T

type Moment = `${string}At` | 'at'
type Shortened<K> = K extends `${infer Name}At` ? Name : K
type Iso<V> = V extends number ? string : WithIsoTimes<V>

/** Turns plain data of the model into what is sent. */
export function withIsoTimes<T>(value: T): WithIsoTimes<T> {
  if (Array.isArray(value)) return value.map((element: unknown) => withIsoTimes(element)) as WithIsoTimes<T>
  if (typeof value !== 'object' || value === null) return value as WithIsoTimes<T>
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const isMoment = key === 'at' || key.endsWith('At')
    return [
      key.length > 2 && isMoment ? key.slice(0, -2) : key,
      isMoment && typeof inner === 'number' ? isoOf(inner) : withIsoTimes(inner),
    ]
  })
  return Object.fromEntries(entries) as WithIsoTimes<T>
}
