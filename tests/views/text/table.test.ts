import { expect, test } from 'vitest'
import { printable, table } from '../../../src/views/text/table.ts'

test('columns line up, no trailing blanks', () => {
  expect(
    table(
      ['service', 'state'],
      [
        ['facebook', 'ok'],
        ['ok', 'blocked'],
      ],
    ),
  ).toBe(['service   state', 'facebook  ok', 'ok        blocked'].join('\n'))
})

test('no rows -> the heading alone', () => {
  expect(table(['a', 'b'], [])).toBe('a  b')
})

test('control characters in a cell -> blanks, so that a row stays a row', () => {
  expect(table(['a', 'b'], [['x\ny', '\u001b[2J']])).toBe('a    b\nx y   [2J')
})

test('text that turns the direction of writing, or breaks the line otherwise -> blanks; other letters stay', () => {
  expect(printable('a\u202eb\u2028c \u0442\u043e\u04b7\u0438\u043a\u04e3')).toBe(
    'a b c \u0442\u043e\u04b7\u0438\u043a\u04e3',
  )
})
