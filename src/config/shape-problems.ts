/**
 * Data against its zod schema: every mismatch as a problem at its place, and what is left of the data without the parts that
 * are wrong, so that rules between keys can be looked at in the same run.
 */
import type { z } from 'zod'
import { showPath, type KeyPath, type Problem } from './problem.ts'
import type { ReadFile } from './read.ts'
import { nearest } from '../model/suggest.ts'

/** `data`: `null` when nothing usable is left. `broken`: something at, above or below this path was wrong and left out. */
export interface Shaped<T> {
  readonly data: T | null
  readonly problems: readonly Problem[]
  readonly broken: (path: KeyPath) => boolean
}

/**
 * Parses what a file said. An empty file is an empty mapping.
 *
 * @param adviceFor what to say of a key the schema does not know, when there is more to say than that
 */
export function shape<S extends z.ZodType>(
  schema: S,
  file: ReadFile,
  adviceFor: (path: KeyPath) => string | null = () => null,
): Shaped<z.output<S>> {
  const complained = new Set(file.problems.filter((p) => p.path.length > 0).map((p) => showPath(p.path)))
  const problems: Problem[] = []
  const removed: KeyPath[] = []
  const broken = (path: KeyPath) =>
    removed.some((gone) => gone.slice(0, path.length).every((step, i) => step === path[i]))
  const adviceOn = ({ code }: z.core.$ZodIssue, key: KeyPath) =>
    code === 'unrecognized_keys' ? adviceFor(key) : null
  let rest: unknown = file.data ?? {}
  // a part taken out can make what held it incomplete: one more turn per level of nesting
  for (let turn = 0; turn < 8; turn++) {
    const parsed = schema.safeParse(rest)
    if (parsed.success) return { data: parsed.data, problems, broken }
    const paths: KeyPath[] = []
    for (const issue of parsed.error.issues) {
      const path = issue.path as KeyPath
      const keys =
        issue.code === 'unrecognized_keys' || issue.code === 'invalid_key' ? keysOf(issue, path) : [path]
      for (const key of keys) {
        paths.push(key)
        const known = removed.some((gone) => isWithin(gone, key))
        if (!known && !complained.has(showPath(key)))
          problems.push(file.problemAt(key, adviceOn(issue, key) ?? describe(issue, key, file, schema)))
      }
    }
    removed.push(...paths)
    if (paths.some((path) => path.length === 0)) break
    rest = without(rest, paths)
  }
  return { data: null, problems, broken }
}

function keysOf(issue: z.core.$ZodIssue, path: KeyPath): KeyPath[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path]
}

function isWithin(inner: KeyPath, outer: KeyPath): boolean {
  return outer.every((step, i) => inner[i] === step)
}

function describe(issue: z.core.$ZodIssue, path: KeyPath, file: ReadFile, schema: z.ZodType): string {
  const value = valueAt(file.data, path)
  if (issue.code === 'unrecognized_keys') {
    const meant = nearest(String(path.at(-1)), keysKnownAt(schema, issue.path as KeyPath))
    return meant === null ? 'is not a known key' : `is not a known key; did you mean ${meant}?`
  }
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  if (value === undefined) return `is missing; it ${issue.message}`
  // what stands there instead of a hash, or of a name and a hash, may be the token itself
  if (path.at(-1) === 'sha256' || path.at(-1) === 'tokens' || path.at(-2) === 'tokens') return issue.message
  const meant =
    issue.code === 'invalid_value' && typeof value === 'string'
      ? nearest(value, issue.values.map(String))
      : null
  return `${issue.message}, not ${file.shown(path)}${meant === null ? '' : `; did you mean ${meant}?`}`
}

/** The keys a mapping may have, following the schema down a path. */
function keysKnownAt(schema: z.ZodType, path: KeyPath): string[] {
  let at = bare(schema)
  for (const step of path) {
    const def = at._zod.def as unknown as Record<string, unknown>
    const shape = def.shape as Record<string, z.ZodType> | undefined
    const next =
      shape?.[step] ?? (def.element as z.ZodType | undefined) ?? (def.valueType as z.ZodType | undefined)
    if (next === undefined) return []
    at = bare(next)
  }
  const shape = (at._zod.def as unknown as Record<string, unknown>).shape as object | undefined
  return Object.keys(shape ?? {})
}

/** A schema without what wraps it: optional, nullable, default. */
function bare(schema: z.ZodType): z.ZodType {
  const inner = (schema._zod.def as unknown as { innerType?: z.ZodType }).innerType
  return inner === undefined ? schema : bare(inner)
}

function valueAt(data: unknown, path: KeyPath): unknown {
  let at = data
  for (const step of path) at = (at as Record<string | number, unknown> | null | undefined)?.[step]
  return at
}

/**
 * A copy without the values at these paths. A value that is missing takes what should hold it along. In a list a hole stays,
 * or later paths would point at the wrong element; a schema whose elements are not optional then loses the whole list.
 */
function without(data: unknown, paths: readonly KeyPath[]): unknown {
  const copy: unknown = structuredClone(data)
  for (const path of paths) {
    const present = valueAt(copy, path) !== undefined
    const target = present ? path : path.slice(0, -1)
    const parent = valueAt(copy, target.slice(0, -1))
    const last = target.at(-1)
    if (typeof parent === 'object' && parent !== null && last !== undefined)
      Reflect.deleteProperty(parent, last)
  }
  return copy
}
