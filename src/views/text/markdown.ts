/** Pieces of Markdown. What sources and people wrote is text, never markup. */
import type { Source } from '../../model/event.ts'

/** Text as it stands, whatever characters are in it; control characters, which would drive a terminal, become blanks. */
export function plain(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[\\`*_[\]<>|~&]/g, '\\$&')
}

/** A table; every cell is Markdown already. */
export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')
}

/** `[Title](https://...), Publisher, 2015-05-28` */
export function markdownSource({ title, publisher, date, url }: Source): string {
  const named = url === null ? plain(title) : `[${plain(title)}](${target(url)})`
  return [named, plain(publisher), ...(date === null ? [] : [date])].join(', ')
}

/** An address that cannot end the link it stands in. */
function target(url: string): string {
  return url.replace(
    /[()<>\s\\]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
