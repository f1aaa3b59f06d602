/** print: results on stdout; rows as a table for people, as JSON or as CSV for programs. */
import { type Row, type RowSchema, toCsv } from '../views/csv.ts'
import { table } from '../views/text/table.ts'
import type { Format } from './register.ts'

/** How one kind of row is printed. JSON and CSV are those of the API. */
export interface RowPrinter<Found> {
  /** of what `show` makes: it has the columns of the CSV */
  readonly row: RowSchema
  readonly show: (found: Found) => Row
  /** of the table */
  readonly heading: readonly string[]
  readonly cells: (found: Found) => readonly string[]
  /** said in the place of a table without rows */
  readonly none: string
}

/** One result on stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

export function printRows<Found>(found: readonly Found[], format: Format, rows: RowPrinter<Found>): void {
  if (format === 'json') printJson(found.map(rows.show))
  else if (format === 'csv') process.stdout.write(toCsv(rows.row, found.map(rows.show), null))
  else print(found.length === 0 ? rows.none : table(rows.heading, found.map(rows.cells)))
}
