/** fields: one JSON line, field by field; what is wrong with it is said with file, line, field and what would be right. */
import { AppError } from '../model/error.ts'
import { nearest } from '../model/suggest.ts'
import { momentOf } from '../model/time.ts'

export interface Fields {
  /** there, and not null */
  readonly has: (name: string) => boolean
  readonly string: (name: string) => string
  readonly number: (name: string, otherwise?: number) => number
  readonly flag: (name: string, otherwise?: boolean) => boolean
  /** ISO 8601, UTC unless it says otherwise, or Unix ms. @returns Unix ms */
  readonly time: (name: string) => number
  readonly word: <W extends string>(name: string, words: readonly W[], otherwise?: W) => W
  readonly list: (name: string) => readonly Fields[]
  readonly wrong: (name: string, text: string) => AppError
}

/** Longer lines are nobody's. */
const MAX_LINE = 1_000_000

/** @throws AppError `usage` when the line is no JSON object */
export function fieldsOf(
  text: string,
  { file, line }: { readonly file: string; readonly line: number },
): Fields {
  const fail = (what: string) => new AppError('usage', `${file}:${line}  ${what}`)
  if (text.length > MAX_LINE) throw fail(`the line is longer than ${MAX_LINE} characters`)
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw new AppError('usage', `${file}:${line}  is not JSON: a trace holds one JSON object a line`, {
      cause,
    })
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw fail('must be a JSON object')
  return of(data as Record<string, unknown>, '', fail)
}

function of(data: Record<string, unknown>, path: string, fail: (what: string) => AppError): Fields {
  const wrong = (name: string, text: string): AppError =>
    fail(`${path}${name}: ${text}, not ${JSON.stringify(data[name])?.slice(0, 80) ?? 'left out'}`)
  const has = (name: string): boolean => data[name] !== undefined && data[name] !== null
  const string = (name: string): string => {
    const value = data[name]
    if (typeof value !== 'string' || value === '') throw wrong(name, 'must be text')
    return value
  }
  return {
    has,
    string,
    number(name, otherwise) {
      const value = has(name) ? data[name] : otherwise
      if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
        throw wrong(name, 'must be a number, not below 0')
      return value
    },
    flag(name, otherwise) {
      const value = has(name) ? data[name] : otherwise
      if (typeof value !== 'boolean') throw wrong(name, 'must be true or false')
      return value
    },
    time(name) {
      const value = data[name]
      const at = typeof value === 'string' ? momentOf(value) : value
      if (typeof at !== 'number' || !Number.isSafeInteger(at))
        throw wrong(name, 'must be a time such as 2015-05-28T05:00:00Z, or whole ms since 1970')
      return at
    },
    word(name, words, otherwise) {
      if (!has(name) && otherwise !== undefined) return otherwise
      const value = string(name)
      const found = words.find((word) => word === value)
      if (found !== undefined) return found
      const meant = nearest(value, words)
      throw wrong(
        name,
        `must be one of ${words.slice(0, 12).join(', ')}${meant === null ? '' : ` (did you mean ${meant}?)`}`,
      )
    },
    list(name) {
      const value = data[name]
      if (!Array.isArray(value)) throw wrong(name, 'must be a list')
      return value.map((one: unknown, i) => {
        if (typeof one !== 'object' || one === null) throw wrong(name, 'must be a list of objects')
        return of(one as Record<string, unknown>, `${path}${name}[${i}].`, fail)
      })
    },
    wrong,
  }
}
