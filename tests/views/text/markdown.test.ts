import { expect, test } from 'vitest'
import { markdownSource, markdownTable, plain } from '../../../src/views/text/markdown.ts'

test.each([
  { text: 'a *b* _c_ `d`', safe: '\\*b\\* \\_c\\_ \\`d\\`' },
  { text: 'x | y', safe: 'x \\| y' },
  { text: '<script>alert(1)</script>', safe: '\\<script\\>' },
  { text: '[here](http://evil.example)', safe: '\\[here\\](' },
  { text: 'two\nlines\r\n# heading', safe: 'two lines # heading' },
  { text: 'AT&amp;T &lt;b&gt; &copy;', safe: 'AT\\&amp;T \\&lt;b\\&gt; \\&copy;' },
])('$text -> text, no markup', ({ text, safe }) => {
  expect(plain(text)).toContain(safe)
})

test('control characters -> blanks: a report is read in a terminal too', () => {
  expect(plain('a\u001b[2Jb\u009bc\u0000')).toBe('a \\[2Jb c ')
})

test('a source with an address -> a link that its title cannot break out of', () => {
  const source = {
    title: 'A title](http://evil.example) [x',
    publisher: 'P',
    date: '2015-05',
    url: 'https://example.org/a_(b)?c=<d>',
  }
  expect(markdownSource(source)).toBe(
    '[A title\\](http://evil.example) \\[x](https://example.org/a_%28b%29?c=%3Cd%3E), P, 2015-05',
  )
})

test('a source without address or date -> what there is', () => {
  expect(markdownSource({ title: 'T', publisher: 'P', date: null, url: null })).toBe('T, P')
})

test('a table -> heading, rule, rows', () => {
  expect(markdownTable(['A', 'B'], [['1', '2']])).toBe('| A | B |\n| --- | --- |\n| 1 | 2 |')
})
