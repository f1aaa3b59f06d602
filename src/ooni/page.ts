/** page: what an archived answer holds: its body's size and title, and the names of its headers. */
import { type Json, objectOf, textOf } from './json.ts'

export interface Body {
  readonly bytes: number
  readonly text: string
}

/** 1 to 512 characters without a `<`, and no attribute on the tag; after OONI, since titles are compared word by word. */
const TITLE = /<title>([^<]{1,512})<\/title>/iu

/** Text, or `{format: 'base64', data}` where it is not UTF-8; nothing where the body was left out. */
export function bodyOf(value: unknown): Body {
  if (typeof value === 'string') return { bytes: Buffer.byteLength(value), text: value }
  const data = objectOf(value)['data']
  if (typeof data !== 'string') return { bytes: 0, text: '' }
  const bytes = Buffer.from(data, 'base64')
  return { bytes: bytes.length, text: bytes.toString('utf8') }
}

/** The first title of a page, as it stands. */
export function titleOf(text: string): string | null {
  return TITLE.exec(text)?.[1] ?? null
}

/** Names in lower case. The list has every value, the map the first of each name; what only the map has is added. */
export function headersOf(response: Json): [string, string][] {
  const list = Array.isArray(response['headers_list']) ? response['headers_list'] : []
  const listed = list.flatMap((pair: unknown): [string, string][] =>
    Array.isArray(pair) && typeof pair[0] === 'string' ? [[pair[0].toLowerCase(), valueOf(pair[1])]] : [],
  )
  const known = new Set(listed.map(([name]) => name))
  const mapped = Object.entries(objectOf(response['headers'])).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    valueOf(value),
  ])
  return [...listed, ...mapped.filter(([name]) => !known.has(name))]
}

/** A header's value may be text, bytes, or a list of them. */
function valueOf(value: unknown): string {
  const one = Array.isArray(value) ? (value[0] as unknown) : value
  return textOf(one) ?? bodyOf(one).text
}
