import { expect, test } from 'vitest'
import { facts, showSource } from '../../../src/views/text/facts.ts'

test('names and values -> two columns, a line per element, what is missing left out', () => {
  expect(
    facts([
      ['id', 'a-video'],
      ['notes', null],
      ['regions', []],
      ['concerns', ''],
      ['sources', ['one', 'two']],
    ]),
  ).toBe(['id       a-video', 'sources  one', '         two'].join('\n'))
})

test('control characters in what others wrote -> gone', () => {
  expect(facts([['title', 'a\u001b[31mb\u0007']])).toBe('title  a [31mb')
})

test.each([
  { source: { title: 'Gone', publisher: 'P', date: '2015', url: null }, shown: 'Gone. P, 2015.' },
  {
    source: { title: 'Gone?', publisher: 'P', date: null, url: 'https://a.b/' },
    shown: 'Gone? P. https://a.b/',
  },
])('$shown', ({ source, shown }) => {
  expect(showSource(source)).toBe(shown)
})
