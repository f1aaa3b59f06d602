/**
 * The one CSV of the command line and of the API: RFC 4180 with a heading, CRLF at the end of each line, UTF-8.
 *
 * Columns and their order come from the schema of the row, so they are the same whatever the rows hold: a pair becomes two
 * (`onsetAfter`, `onsetBefore`), a mapping one for each of its keys (`at.earliest`); of several kinds of row, all the columns there
 * are. Lists of plain values are joined with semicolons, other lists are JSON, what is not known is empty. Text that a spreadsheet
 * would take for a formula gets an apostrophe before it; numbers stay numbers.
 */
import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'

/** What a row looks like: a mapping, or several kinds of them. */
export type RowSchema = z.ZodType
export type Row = Readonly<Record<string, unknown>>

/** Ends of the two columns a pair becomes. */
const PAIR_ENDS: Readonly<Record<string, readonly [string, string]>> = { lagHours: ['Least', 'Most'] }
const BETWEEN = ['After', 'Before'] as const

/**
 * Writes rows under a heading.
 *
 * @param schema what a row looks like
 * @param only fields to write; `null` = all
 * @param rest `header: false` for rows that go on below others
 */
export function toCsv(
  schema: RowSchema,
  rows: readonly Row[],
  only: readonly string[] | null,
  { header = true }: { readonly header?: boolean } = {},
): string {
  const fields = [...shapeOf(schema)].filter(([name]) => only === null || only.includes(name))
  const columns = fields.flatMap(([name, field]) => columnsOf(name, field))
  return stringify(
    rows.map((row) => columns.map(({ read }) => cell(read(row)))),
    { header, columns: columns.map(({ name }) => name), record_delimiter: 'windows' },
  )
}

/** Names of the fields a row may have. */
export function fieldsOf(schema: RowSchema): string[] {
  return [...shapeOf(schema).keys()]
}

interface Column {
  readonly name: string
  readonly read: (row: Row) => unknown
}

function columnsOf(name: string, schema: z.ZodType): Column[] {
  const field = bare(schema)
  if (field instanceof z.ZodTuple) {
    return (PAIR_ENDS[name] ?? BETWEEN).map((end, i) => ({
      name: name + end,
      read: (row) => (row[name] as readonly unknown[] | null | undefined)?.[i],
    }))
  }
  if (field instanceof z.ZodObject) {
    return Object.entries(field.shape as Record<string, z.ZodType>).flatMap(([key, inner]) =>
      columnsOf(key, inner).map((column) => ({
        name: `${name}.${column.name}`,
        read: (row) => column.read((row[name] ?? {}) as Row),
      })),
    )
  }
  return [{ name, read: (row) => row[name] }]
}

/** The fields of a row; of several kinds of row, all there are. */
function shapeOf(schema: z.ZodType): Map<string, z.ZodType> {
  const row = bare(schema)
  if (row instanceof z.ZodUnion)
    return new Map((row.options as z.ZodType[]).flatMap((option) => [...shapeOf(option)]))
  return new Map(Object.entries<z.ZodType>((row as z.ZodObject<Record<string, z.ZodType>>).shape))
}

function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodNullable || schema instanceof z.ZodOptional
    ? bare(schema.unwrap() as z.ZodType)
    : schema
}

function cell(value: unknown): string | number {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return harmless(value)
  const isList = Array.isArray(value) && value.every((element) => typeof element !== 'object')
  return harmless(isList ? value.join(';') : JSON.stringify(value))
}

/**
 * Some of the text was written by others. The characters are OWASP's, those of full width among them.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function harmless(text: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text
}
