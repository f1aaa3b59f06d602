/** json: reading what others wrote, where any field may be null, missing or of another type. */

export type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object; empty where there is none. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {}
}

/** A measurement has hundreds of entries at most; nobody's file may keep us busy with millions. */
const MOST_ENTRIES = 2000

/** The objects of a list, the first 2,000; what is no object is left out. */
export function objectsOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.slice(0, MOST_ENTRIES).filter(isObject) : []
}

/** The text; `null` where there is none, or an empty one. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((each) => textOf(each) ?? []) : []
}

/** A number that is one; `null` otherwise. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
