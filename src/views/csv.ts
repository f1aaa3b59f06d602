/** CSV on the command line: a heading, a line per row, nothing that a spreadsheet would run. */
import { stringify } from 'csv-stringify/sync'

/** @param columns names of the columns, in order; what a row lacks is empty. Lists are joined with semicolons */
export function csv(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(row[column])))
  // Some of the text was written by others, and a spreadsheet takes = + - @ at its start for a formula.
  return stringify(cells, { header: true, columns: [...columns], escape_formulas: true }).trimEnd()
}

function cell(value: unknown): unknown {
  if (Array.isArray(value)) return value.join(';')
  return typeof value === 'boolean' ? String(value) : value
}
