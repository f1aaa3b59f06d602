/** What the model looks like outside: every moment an ISO 8601 string, and its key without the `At` that says Unix ms. */

/** `startedAt: number` becomes `started: string`, at any depth; the rest stays as it is. */
export type Outside<T> = T extends readonly unknown[]
  ? { readonly [K in keyof T]: Outside<T[K]> }
  : T extends object
    ? { readonly [K in keyof T as Shortened<K>]: K extends Moment ? Iso<T[K]> : Outside<T[K]> }
    : T

type Moment = `${string}At` | 'at'
type Shortened<K> = K extends `${infer Name}At` ? Name : K
type Iso<V> = V extends number ? string : Outside<V>

/** Turns plain data of the model into what is sent. */
export function outside<T>(value: T): Outside<T> {
  if (Array.isArray(value)) return value.map((each: unknown) => outside(each)) as Outside<T>
  if (typeof value !== 'object' || value === null) return value as Outside<T>
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => {
    const isMoment = key === 'at' || key.endsWith('At')
    return [
      key.length > 2 && isMoment ? key.slice(0, -2) : key,
      isMoment && typeof inner === 'number' ? iso(inner) : outside(inner),
    ]
  })
  return Object.fromEntries(entries) as Outside<T>
}

/** ISO 8601 in UTC, to the millisecond; `null` stays. */
export function iso(at: number): string
export function iso(at: number | null): string | null
export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** To the second: how the files of events and reports write a moment. */
export function isoSecond(at: number | null): string | null {
  return at === null ? null : `${new Date(at).toISOString().slice(0, 19)}Z`
}
