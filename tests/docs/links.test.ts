/** Every relative link in a Markdown file leads to a file that is there, and to a heading in it. */
import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { type Document, ROOT, documents } from './documents.ts'

const ALL = await documents()
const LINK = /\]\(([^)\s]+)\)/g

test.each(ALL)('$path -> its links lead somewhere', ({ path, text }) => {
  const links = [...withoutCode(text).matchAll(LINK)].map(([, link]) => link!)
  expect(links.filter((link) => !/^(?:https?|mailto):/.test(link) && !leads(path, link))).toEqual([])
})

test('a link to a file or a heading that is not there -> found', () => {
  expect(leads('README.md', 'config/README.md')).toBe(true)
  expect(leads('config/README.md', '../README.md#run-it')).toBe(true)
  expect(leads('README.md', 'config/NOTHING.md')).toBe(false)
  expect(leads('README.md', '#no-such-heading')).toBe(false)
})

function leads(from: string, link: string): boolean {
  const [file = '', heading] = link.split('#')
  const path = file === '' ? from : posix.join(posix.dirname(from), file)
  if (path.startsWith('..') || !existsSync(ROOT + path)) return false
  const target = ALL.find((document) => document.path === path)
  return heading === undefined || (target !== undefined && anchorsOf(target).includes(heading))
}

/** Headings as GitHub names them. */
function anchorsOf({ text }: Document): string[] {
  return [...withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '')
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(/`[^`\n]*`/g, '')
}
