/** sql: statements put together of parts, where what is asked decides which. A value always goes beside the text, never into it. */
import type { Database } from 'better-sqlite3'

type Value = string | number | Buffer | null

/** A statement, or a part of one. */
export interface Sql {
  readonly text: string
  readonly values: readonly Value[]
}

/** A value becomes `?`, a list of values `(?, ?)`, a part itself. */
export function sql(texts: readonly string[], ...parts: (Sql | Value | readonly Value[])[]): Sql {
  const put = parts.map((part): Sql => {
    if (part === null || typeof part !== 'object' || Buffer.isBuffer(part))
      return { text: '?', values: [part] }
    return 'text' in part ? part : { text: `(${part.map(() => '?').join(', ')})`, values: part }
  })
  return {
    text: texts.map((text, i) => (i === 0 ? text : put[i - 1]!.text + text)).join(''),
    values: put.flatMap(({ values }) => values),
  }
}

/** `where` with those conditions that are asked for; nothing when none is. */
export function where(...conditions: readonly (Sql | false)[]): Sql {
  const requested = conditions.filter((condition) => condition !== false)
  return {
    text: requested.length === 0 ? '' : `where ${requested.map(({ text }) => text).join(' and ')}`,
    values: requested.flatMap(({ values }) => values),
  }
}

/** @param Row as the statement gives it */
export function allOf<Row>(db: Database, { text, values }: Sql): Row[] {
  return db.prepare<Value[], Row>(text).all(...values)
}
