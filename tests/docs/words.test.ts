/** What is written by hand in Markdown is plain English: no calques, and the field's words for ours. */
import { expect, test } from 'vitest'
import { documents } from './documents.ts'

const WRONG =
  /\b(?:held against|taken over|is no (?!longer)|told|whoever|people there|what is so|gone together|looked at|is looked)\b/gi

test.each(await documents())('$path -> no calques', ({ text }) => {
  const written = text.replace(/<!-- made: (\S+) -->[\s\S]*?<!-- end: \1 -->/g, '').replace(/`[^`\n]*`/g, '')
  expect(written.match(WRONG) ?? []).toEqual([])
})
