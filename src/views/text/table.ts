/** Rows of text in columns that line up, for people at a terminal. */

/**
 * Lays rows out under a heading, two spaces between columns; the last column is left ragged.
 *
 * @param heading column names
 * @param rows cells as text; short rows are filled with blanks
 */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows.map((row) => row.map(printable))]
  const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all
    .map((row) =>
      heading
        .map((_, column) => (row[column] ?? '').padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Without control characters: what others wrote must not move the cursor, break the line, nor turn the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
}
