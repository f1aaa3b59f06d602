/** Rows of an answer of the API, as the Infinity plugin's backend parser finds them: by plain paths. */
import type { ApiTarget } from './shipped.ts'

/** Each row by the selectors of the query; `undefined` where a selector leads nowhere. */
export type Row = ReadonlyMap<string, unknown>

/** @throws Error when the root is no list, or a CSV has no such column */
export function rowsOf({ type, root_selector: root, columns }: ApiTarget, answer: string): Row[] {
  const selectors = columns.map(({ selector }) => selector)
  if (type === 'csv') {
    const [header = [], ...lines] = parseCsv(answer)
    const missing = selectors.filter((selector) => !header.includes(selector))
    if (missing.length > 0) throw new Error(`no column ${missing.join(', ')} in ${header.join(', ')}`)
    return lines.map(
      (line) => new Map(selectors.map((selector) => [selector, line[header.indexOf(selector)] || null])),
    )
  }
  const list = at(JSON.parse(answer), root)
  if (!Array.isArray(list)) throw new Error(`${root} is no list`)
  return list.map((item) => new Map(selectors.map((selector) => [selector, at(item, selector)])))
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value)
}

/** RFC 4180. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = []
  let line: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && line.length === 0 && quoted === undefined && plain === '') break
    line.push(quoted?.replaceAll('""', '"') ?? plain!)
    if (end === ',') continue
    lines.push(line)
    line = []
  }
  return lines
}
