/** What a body says: its title and its beginning as text, in whatever character set it is written. */

const TITLE = /<title>([^<]{1,512})<\/title>/i
const META_CHARSET = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/i
const HEAD_BYTES = 65_536

/** The first 64 KiB as text. @param contentType decides the character set, else the page's own `<meta>`, else UTF-8 */
export function headText(body: Buffer, contentType: string): string {
  const head = body.subarray(0, HEAD_BYTES)
  const named = /charset\s*=\s*["']?([\w-]{1,40})/i.exec(contentType)?.[1]
  const charset = named ?? META_CHARSET.exec(head.subarray(0, 2048).toString('latin1'))?.[1] ?? 'utf-8'
  return decoderFor(charset).decode(head)
}

/**
 * The first `<title>` of 1 to 512 characters without a `<` in it; attributes on the tag defeat it, as they do in OONI's.
 *
 * @see OONI ts-017-web-connectivity: titles are compared word by word, so both sides must find them alike
 */
export function titleOf(text: string): string | null {
  return TITLE.exec(text)?.[1]?.trim() ?? null
}

/** A server can name any character set, those that do not exist too. */
function decoderFor(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder('utf-8')
  }
}
