/** What is written by hand in Markdown is plain English: no calques, and the field's words for ours. */
import { expect, test } from 'vitest'
import { CALQUES, LOOKS } from './calques.ts'
import { documents } from './documents.ts'

test.each(await documents())('$path -> no calques, no looks', ({ text }) => {
  const written = text
    .replace(/<!-- made: (\S+) -->[\s\S]*?<!-- end: \1 -->/g, '')
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, '')
  expect([...(written.match(CALQUES) ?? []), ...(written.match(LOOKS) ?? [])]).toEqual([])
})
