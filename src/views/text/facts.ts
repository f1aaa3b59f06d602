/** Facts about one thing, a line each, for people at a terminal. */
import type { Source } from '../../model/event.ts'
import { printable } from './table.ts'

/**
 * Lays out names and values in two columns; a list takes a line for each of its elements.
 *
 * @param pairs those without a value (`null`, empty list or text) are left out
 */
export function facts(pairs: readonly (readonly [string, string | readonly string[] | null])[]): string {
  const shown = pairs.flatMap(([name, value]) => {
    const lines = value === null ? [] : typeof value === 'string' ? value.split('\n') : value
    return lines.length === 0 || (lines.length === 1 && lines[0] === '') ? [] : [{ name, lines }]
  })
  const width = Math.max(0, ...shown.map(({ name }) => name.length))
  return shown
    .flatMap(({ name, lines }) =>
      lines.map((line, i) => `${(i === 0 ? name : '').padEnd(width)}  ${printable(line)}`.trimEnd()),
    )
    .join('\n')
}

/** `Title. Publisher, 2015-05-28. https://...` */
export function showSource({ title, publisher, date, url }: Source): string {
  const by = date === null ? publisher : `${publisher}, ${date}`
  return `${title}${/[.?!]$/.test(title) ? '' : '.'} ${by}.${url === null ? '' : ` ${url}`}`
}
