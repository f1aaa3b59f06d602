/** A sentence of the code as it stands in Markdown: what looks like a tag is none, save between backticks. */
export function plain(sentence: string): string {
  return sentence.replace(/`[^`]*`|[<*]/g, (part) => (part.length === 1 ? `\\${part}` : part))
}
